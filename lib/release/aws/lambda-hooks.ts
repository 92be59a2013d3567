import { InvokeCommand, type InvokeCommandInput } from "@aws-sdk/client-lambda";
import type { Aws } from "../../aws/aws.ts";
import type { HookCall } from "../model.ts";
import type { HookOutcome, HookPayload, HookPort } from "../ports/ports.ts";
import { messageOf, statusOf } from "./remote-name.ts";

/**
 * Calls hooks as Lambda functions, synchronously. Of a hook's function only `{ "status": "passed" }` passes; a smoke
 * test passes unless the new version throws, times out, or answers with a status of 500 or above.
 */
export class LambdaHooks implements HookPort {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async call(hook: HookCall, payload: HookPayload): Promise<HookOutcome> {
    const call = hook.smokeTest === undefined ? callHook(hook, payload) : callMember(hook.smokeTest, payload);
    if (!("input" in call)) return call;
    const client = await this.#aws.inRegion(hook.region ?? this.#aws.options.region).client("lambda");
    const timeout = AbortSignal.timeout(hook.timeoutMs);
    try {
      const answer = await client.send(new InvokeCommand(call.input), { abortSignal: timeout });
      const text = new TextDecoder().decode(answer.Payload ?? new Uint8Array());
      return answer.FunctionError === undefined ? call.judge(text) : crashed(answer.FunctionError, text);
    } catch (error) {
      if (timeout.aborted) return { kind: "failed", reason: `no answer within ${hook.timeoutMs} ms` };
      const status = statusOf(error);
      const kind = status === undefined || status === 429 || status >= 500 ? "unreachable" : "failed";
      return { kind, reason: messageOf(error) };
    }
  }
}

interface Call {
  readonly input: InvokeCommandInput;
  readonly judge: (answer: string) => HookOutcome;
}

function callHook({ functionName }: HookCall, payload: HookPayload): Call | HookOutcome {
  if (functionName === undefined) return { kind: "failed", reason: "its function is not deployed" };
  return { input: { FunctionName: functionName, Payload: JSON.stringify(payload) }, judge: judgeAnswer };
}

/** A member that this release does not change has nothing to be tested. */
function callMember(
  { member, event }: NonNullable<HookCall["smokeTest"]>,
  { members }: HookPayload,
): Call | HookOutcome {
  const tested = members.find(({ path }) => path === member);
  if (tested === undefined || tested.next === null) return { kind: "passed" };
  const { name: FunctionName, next: Qualifier } = tested;
  return { input: { FunctionName, Qualifier, Payload: JSON.stringify(event ?? {}) }, judge: judgeSmokeTest };
}

/** What an HTTP handler catches comes back as a status. */
function judgeSmokeTest(text: string): HookOutcome {
  const status = statusCodeOf(text);
  if (status === undefined || status < 500) return { kind: "passed" };
  return { kind: "failed", reason: `it answered ${status}: ${text.slice(0, 500)}` };
}

function statusCodeOf(text: string): number | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== "object" || answer === null || !("statusCode" in answer)) return undefined;
    return Number(answer.statusCode);
  } catch {
    return undefined;
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
    // Reported below, with the text.
  }
  return { kind: "failed", reason: `expected {"status":"passed"}, got ${text.slice(0, 200) || "nothing"}` };
}

function crashed(kind: string, text: string): HookOutcome {
  return { kind: "failed", reason: `${kind}: ${text.slice(0, 500)}` };
}
