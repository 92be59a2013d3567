import type { ServiceName } from "../../../service.ts";
import type { Lambda } from "../context.ts";
import { invalidParameter } from "../errors.ts";
import type { FunctionRef } from "../functions/names.ts";
import { actingRole } from "../functions/require-role.ts";
import { findTarget } from "../invoke/invoke-target.ts";

/** How a function's role reads a source. */
interface Reading {
  readonly service: ServiceName;
  readonly operations: readonly string[];
  readonly input: object;
  /** Lambda's refusal where the role may not call an operation. */
  readonly refusal: (operation: string) => string;
}

/** Refuses a source that the function's role may not read, as Lambda does when a mapping is made. */
export async function requireSourceAccess(lambda: Lambda, ref: FunctionRef, source: string): Promise<void> {
  const { settings } = findTarget(lambda, ref).version;
  const as = actingRole(settings, ref.name);
  const { service, operations, input, refusal } = readingOf(source);
  for (const operation of operations) {
    const context = { region: ref.region, as };
    const denial = await lambda.cloud.findDenial(service, operation as never, input, context);
    if (denial !== undefined) throw invalidParameter(refusal(operation));
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html and its like for streams */
function readingOf(source: string): Reading {
  const [, , kind = "", , account = "", name = ""] = source.split(":");
  if (kind === "sqs") {
    return {
      service: "sqs",
      operations: ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"],
      input: { QueueUrl: `${account}/${name}` },
      refusal: (operation) => `The provided execution role does not have permissions to call ${operation} on SQS`,
    };
  }
  const isTable = kind === "dynamodb";
  const actions = `GetRecords, GetShardIterator, DescribeStream${isTable ? ", and ListStreams" : ""}`;
  return {
    service: isTable ? "dynamodb-streams" : "kinesis",
    operations: ["GetRecords", "GetShardIterator", "DescribeStream"],
    input: isTable ? { StreamArn: source } : { StreamARN: source.split("/consumer/")[0] },
    refusal: () =>
      `Cannot access stream ${source}. Please ensure the role can perform the ${actions} Actions on your stream in IAM.`,
  };
}
