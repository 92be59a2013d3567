import { InvokeCommand } from "@aws-sdk/client-lambda";
import type { Aws } from "../../aws/aws.ts";
import type { HookCall } from "../model.ts";
import type { HookOutcome, HookPayload, HookPort } from "../ports/ports.ts";
import { messageOf, statusOf } from "./remote-name.ts";

/** Calls hooks as Lambda functions, synchronously. Only `{ "status": "passed" }` passes. */
export class LambdaHooks implements HookPort {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async call(hook: HookCall, payload: HookPayload): Promise<HookOutcome> {
    if (hook.functionName === undefined) return { kind: "failed", reason: "its function is not deployed" };
    const client = await this.#aws.inRegion(hook.region ?? this.#aws.options.region).client("lambda");
    const timeout = AbortSignal.timeout(hook.timeoutMs);
    try {
      const answer = await client.send(
        new InvokeCommand({ FunctionName: hook.functionName, Payload: JSON.stringify(payload) }),
        { abortSignal: timeout },
      );
      const text = new TextDecoder().decode(answer.Payload ?? new Uint8Array());
      return answer.FunctionError === undefined ? judgeAnswer(text) : crashed(answer.FunctionError, text);
    } catch (error) {
      if (timeout.aborted) return { kind: "failed", reason: `no answer within ${hook.timeoutMs} ms` };
      const status = statusOf(error);
      const kind = status === undefined || status === 429 || status >= 500 ? "unreachable" : "failed";
      return { kind, reason: messageOf(error) };
    }
  }
}

/** Anything but a well-formed pass fails, with what the hook said. */
function judgeAnswer(text: string): HookOutcome {
  try {
    const answer = JSON.parse(text) as { status?: unknown; reason?: unknown } | null;
    if (answer?.status === "passed") return { kind: "passed" };
    if (answer?.status === "failed" && typeof answer.reason === "string")
      return { kind: "failed", reason: answer.reason };
  } catch {
    // Told below, with the text.
  }
  return { kind: "failed", reason: `expected {"status":"passed"}, got ${text.slice(0, 200) || "nothing"}` };
}

function crashed(kind: string, text: string): HookOutcome {
  return { kind: "failed", reason: `${kind}: ${text.slice(0, 500)}` };
}
