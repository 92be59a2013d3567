import { InvokeCommand, type InvokeCommandOutput } from "@aws-sdk/client-lambda";
import { remoteError } from "../../aws/remote-error.ts";
import type { InvocationReport, LoggedError, LogRecord } from "../../util/lambda-log/log-record.ts";
import { errorInPayload } from "../../util/lambda-log/logged-error.ts";
import type { AppFunction } from "../app/app-resource.ts";
import { mapTrace } from "../traces/map-trace.ts";
import type { TraceMapper } from "../traces/trace-mapper.ts";
import { parseLogTail } from "./log-tail.ts";

/** One call of a function. */
export interface FunctionCall {
  readonly fn: AppFunction;
  /** An alias or a version. @default - the function without a qualifier */
  readonly qualifier?: string;
  /** JSON text. */
  readonly payload: string;
  /** `wait` for the answer, leave the event with Lambda (`async`), or only see whether it may be called (`dry-run`). */
  readonly mode: "wait" | "async" | "dry-run";
}

/** What became of a call. */
export interface CallOutcome {
  readonly requestId: string;
  /** The version that ran. Absent where the call did not wait. */
  readonly version?: string;
  /** What the function answered: JSON, or text where it is not JSON. Absent where it failed, or did not answer. */
  readonly answer?: unknown;
  /** Set where the function failed; its stack is mapped to the sources. */
  readonly error?: LoggedError;
  /** The end of the log. Empty where the call did not wait. */
  readonly log: readonly LogRecord[];
  readonly report?: InvocationReport;
}

const TYPES = { wait: "RequestResponse", async: "Event", "dry-run": "DryRun" } as const;

/** Calls a function. A function that fails is an outcome; Lambda's own refusal is thrown as a `RemoteError`. */
export async function invokeFunction(call: FunctionCall, mapper: TraceMapper): Promise<CallOutcome> {
  const { fn, qualifier, payload, mode } = call;
  const lambda = await fn.target.aws.client("lambda");
  const input = {
    FunctionName: fn.functionName,
    ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
    InvocationType: TYPES[mode],
    Payload: payload,
    ...(mode === "wait" ? { LogType: "Tail" as const } : {}),
  };
  const answer = await lambda.send(new InvokeCommand(input)).catch((error: unknown) => {
    throw remoteError("InvokeRefused", `${fn.path} cannot be called`, error);
  });
  const requestId = answer.$metadata.requestId ?? "";
  return mode === "wait" ? { requestId, ...(await readAnswer(answer, fn, mapper)) } : { requestId, log: [] };
}

async function readAnswer(
  { Payload, FunctionError, ExecutedVersion, LogResult = "" }: InvokeCommandOutput,
  fn: AppFunction,
  mapper: TraceMapper,
): Promise<Omit<CallOutcome, "requestId">> {
  const version = ExecutedVersion ?? "$LATEST";
  const wanted = { aws: fn.target.aws, functionName: fn.functionName, version };
  const mapped = async (error: LoggedError): Promise<LoggedError> => ({
    ...error,
    stack: await mapTrace(error.stack, { maps: () => mapper.maps.of(wanted), exists: mapper.exists }),
  });
  const log = await Promise.all(
    parseLogTail(LogResult).map(async (record) =>
      record.error === undefined ? record : { ...record, error: await mapped(record.error) },
    ),
  );
  const report = log.findLast(({ report }) => report !== undefined)?.report;
  const base = { version, log, ...(report === undefined ? {} : { report }) };
  const text = Payload?.transformToString() ?? "";
  if (FunctionError === undefined) return { ...base, answer: readJson(text) };
  const error = errorInPayload(readJson(text)) ?? { type: FunctionError, message: text, stack: [] };
  return { ...base, error: await mapped(error) };
}

/** A custom runtime may answer with text that is not JSON, or with nothing. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text === "" ? "null" : text) as unknown;
  } catch {
    return text;
  }
}
