import { randomUUID } from "node:crypto";
import { type InvocationType, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { answer } from "./http.ts";

const lambda = new LambdaClient({});
/** The ARNs of aliases, by `command@version`. */
const commands = new Map(Object.entries(JSON.parse(process.env["COMMANDS"] ?? "{}") as Record<string, string>));
const calls: ReadonlyMap<unknown, InvocationType> = new Map([
  ["sync", "RequestResponse"],
  ["async", "Event"],
  ["dry-run", "DryRun"],
]);

interface Message {
  readonly command?: unknown;
  readonly version?: unknown;
  readonly call?: unknown;
  readonly input?: unknown;
}

/**
 * POST /commands {command, version, call, input}: passes the input to that version of the command. 200 with its answer,
 * 202 without waiting for the answer, 204 for a dry run; 400 for another kind of call, 404 for an unknown command, 502
 * for a command that failed.
 */
export async function handler(event: { readonly body?: string }) {
  const { command, version, call = "sync", input = {} } = read(event.body ?? "");
  const type = calls.get(call);
  if (type === undefined) return answer(400, { message: `"call" is one of ${[...calls.keys()].join(", ")}.` });
  const alias = commands.get(`${String(command)}@${String(version)}`);
  if (alias === undefined) {
    return answer(404, {
      message: `Name a "command" and its "version"; there are ${[...commands.keys()].join(", ")}.`,
    });
  }
  return await invoke(alias, type, input);
}

async function invoke(alias: string, type: InvocationType, input: unknown) {
  const id = randomUUID();
  const Payload = JSON.stringify({ id, input });
  const called = await lambda.send(new InvokeCommand({ FunctionName: alias, InvocationType: type, Payload }));
  if (type === "DryRun") return { statusCode: 204 };
  if (type === "Event") return answer(202, { id });
  const result = JSON.parse(called.Payload?.transformToString() ?? "null") as { readonly errorMessage?: string };
  if (called.FunctionError !== undefined) return answer(502, { message: result.errorMessage });
  return answer(200, { id, result });
}

function read(body: string): Message {
  try {
    return { ...(JSON.parse(body) as Message) };
  } catch {
    return {};
  }
}
