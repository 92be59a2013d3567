import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { RemoteError } from "../errors.ts";
import type { ResourceName } from "./app-resources.ts";
import { functionName, type AppView } from "./app-view.ts";

/** How a function is called. */
export interface InvokeOptions {
  /** An alias or a version, for example `$LATEST`. @default - the function's alias, where it has one */
  readonly qualifier?: string;
}

/** A function that a test called has failed. The message has its error and the end of its log. */
export class FunctionFailed extends RemoteError {
  /** The name of the error's class, for example `TypeError`; `Sandbox.Timedout` and the like where Lambda ended it. */
  readonly errorType: string;
  readonly errorMessage: string;
  /** The stack of the function's own error, a line each. */
  readonly trace: readonly string[];
  /** The last 4 KB of its log. */
  readonly log: string;

  constructor(name: string, failure: FailureDocument, log: string, requestId: string | undefined) {
    const { errorType = "Error", errorMessage = "", trace = [] } = failure;
    super("FunctionFailed", `${name} failed with ${errorType}: ${errorMessage}\n${log}`, {
      remoteCode: errorType,
      ...(requestId !== undefined && { requestId }),
    });
    this.errorType = errorType;
    this.errorMessage = errorMessage;
    this.trace = trace;
    this.log = log;
  }
}

/** What Lambda answers where a function has failed. */
interface FailureDocument {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly trace?: readonly string[];
}

/** Calls a function of the app and returns its answer. Throws a `FunctionFailed` where the function fails. */
export async function invokeFunction<T>(
  app: AppView,
  fn: ResourceName,
  event: unknown,
  { qualifier }: InvokeOptions,
): Promise<T> {
  const { name, alias } = functionName(app, fn);
  const answer = await app.client(LambdaClient).send(
    new InvokeCommand({
      FunctionName: name,
      Qualifier: qualifier ?? alias,
      Payload: JSON.stringify(event),
      LogType: "Tail",
    }),
  );
  const text = answer.Payload?.transformToString() ?? "";
  if (answer.FunctionError === undefined) return readAnswer<T>(text);
  const log = Buffer.from(answer.LogResult ?? "", "base64").toString("utf8");
  throw new FunctionFailed(name, readAnswer<FailureDocument>(text), log, answer.$metadata.requestId);
}

/** A handler that returns nothing answers `null`, and a custom runtime perhaps nothing at all. */
function readAnswer<T>(text: string): T {
  return JSON.parse(text === "" ? "null" : text) as T;
}
