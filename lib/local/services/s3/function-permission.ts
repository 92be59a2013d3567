import { matchesWildcards } from "../../../util/match-wildcards.ts";
import { isAwsError } from "../../aws-error.ts";
import type { S3 } from "./s3-context.ts";

interface Statement {
  readonly Effect?: string;
  readonly Principal?: string | { readonly Service?: string | readonly string[]; readonly AWS?: string };
  readonly Action?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Whether a function's own policy lets S3 invoke it for a bucket, as S3 asks before it keeps a notification. */
export async function mayInvoke(s3: S3, bucket: string, functionArn: string): Promise<boolean> {
  const policy = await findPolicy(s3, functionArn);
  const document = policy === undefined ? {} : (JSON.parse(policy) as { Statement?: readonly Statement[] });
  return (document.Statement ?? []).some((statement) => allows(s3, statement, `arn:aws:s3:::${bucket}`));
}

async function findPolicy(s3: S3, functionArn: string): Promise<string | undefined> {
  const [, , , region = "", , , name = "", qualifier] = functionArn.split(":");
  const input = { FunctionName: name, ...(qualifier === undefined ? {} : { Qualifier: qualifier }) };
  try {
    return (await s3.cloud.call("lambda", "GetPolicy", input, { region })).Policy;
  } catch (error) {
    if (isAwsError(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}

function allows(s3: S3, statement: Statement, bucketArn: string): boolean {
  const { Principal: principal } = statement;
  const services = typeof principal === "string" ? [principal] : [principal?.AWS, principal?.Service].flat();
  const actions = [statement.Action].flat();
  return (
    statement.Effect === "Allow" &&
    services.some((service) => service === "s3.amazonaws.com" || service === "*") &&
    actions.some((action) => ["lambda:InvokeFunction", "lambda:*", "*"].includes(action as string)) &&
    conditionsHold(
      statement,
      new Map([
        ["aws:sourcearn", bucketArn],
        ["aws:sourceaccount", s3.cloud.account],
      ]),
    )
  );
}

function conditionsHold({ Condition: conditions = {} }: Statement, context: ReadonlyMap<string, string>): boolean {
  return Object.values(conditions).every((tests) =>
    Object.entries(tests).every(([key, expected]) => {
      const actual = context.get(key.toLowerCase());
      return actual !== undefined && [expected].flat().some((value) => matchesWildcards(value, actual));
    }),
  );
}
