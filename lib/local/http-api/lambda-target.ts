import type { ActingFor } from "../policy/caller.ts";
import type { Cloud } from "../service.ts";
import { isAwsError } from "../aws-error.ts";
import { failure } from "./gateway-answer.ts";

/** A function as an integration's URI names it. */
export interface LambdaTarget {
  readonly functionArn: string;
  readonly functionName: string;
  readonly region: string;
  /** An alias or a version. */
  readonly qualifier: string | undefined;
}

/** `arn:aws:lambda:…:function:name[:qualifier]`, bare or inside API Gateway's `…/functions/<arn>/invocations`. */
export function lambdaTarget(uri: string): LambdaTarget | undefined {
  const match =
    /(arn:[^:/]+:lambda:([a-z0-9-]+):\d{12}:function:([A-Za-z0-9-_]+))(?::([A-Za-z0-9$_-]+))?(?:\/invocations)?$/.exec(
      uri,
    );
  if (!match) return undefined;
  const [, functionArn = "", region = "", functionName = "", qualifier] = match;
  return { functionArn, region, functionName, qualifier };
}

/** Calls a function and waits for its payload at most `timeoutMs` of the machine's time. */
export async function invokeLambda(
  cloud: Cloud,
  target: LambdaTarget,
  event: object,
  timeoutMs: number,
  roleArn?: string,
): Promise<{ payload: Uint8Array; functionError: string | undefined }> {
  const call = cloud.call(
    "lambda",
    "Invoke",
    {
      FunctionName: target.functionName,
      ...(target.qualifier !== undefined && { Qualifier: target.qualifier }),
      InvocationType: "RequestResponse",
      Payload: Buffer.from(JSON.stringify(event)),
    },
    { region: target.region, ...(roleArn !== undefined && { as: inRole(roleArn) }) },
  );
  const output = await within(call, timeoutMs).catch((error: unknown) => {
    throw isAwsError(error, "TooManyRequestsException") ? failure(503, { cause: error }) : error;
  });
  return { payload: output.Payload ?? new Uint8Array(), functionError: output.FunctionError };
}

/** An integration with credentials of its own invokes in their role. */
function inRole(roleArn: string): ActingFor {
  return { roleArn, sessionName: "BackplaneAssumeRoleSession", service: "apigateway.amazonaws.com" };
}

async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(failure(503)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
