import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { UserError } from "../../errors.ts";
import type { ClockStatus } from "../state/cloud-clock.ts";
import type { CloudStatus } from "../local-cloud.ts";
import { ADMIN_PREFIX, TOKEN_HEADER } from "../server/admin.ts";
import type { ClockChange } from "../state/clock-change.ts";
import type { Lock } from "./lock-file.ts";

/** What owns the port may be any program, and a cloud that hangs is killed. */
const ANSWER_WITHIN_MS = 2000;
/** A cloud whose process is known to run takes its time on a busy machine. */
export const RUNNING_ANSWERS_WITHIN_MS = 15_000;

/** How the cloud on this port is, or undefined when nothing there answers like one. */
export async function tryReadStatus(
  port: number,
  withinMs: number = ANSWER_WITHIN_MS,
): Promise<CloudStatus | undefined> {
  try {
    const status = (await call(port, "health", withinMs)) as Partial<CloudStatus> | null;
    return status?.status === "running" ? (status as CloudStatus) : undefined;
  } catch {
    return undefined;
  }
}

/** Requests the cloud to stop; returns whether it accepted. */
export async function tryAskToStop({ port, token }: Lock): Promise<boolean> {
  return call(port, "stop", ANSWER_WITHIN_MS, { token, body: {} }).then(
    () => true,
    () => false,
  );
}

/** Changes the cloud's clock. */
export async function changeClock({ port, token }: Pick<Lock, "port" | "token">, change: ClockChange) {
  return (await call(port, "clock", RUNNING_ANSWERS_WITHIN_MS, { token, body: change })) as ClockStatus;
}

interface Post {
  readonly token: string;
  readonly body: object;
}

/** By `node:http`, which the SDK loads anyway: the client behind `fetch` takes a tenth of a command's time to load. */
async function call(port: number, path: string, withinMs: number, post?: Post): Promise<unknown> {
  const sent = request({
    host: "127.0.0.1",
    port,
    path: `${ADMIN_PREFIX}${path}`,
    agent: false,
    signal: AbortSignal.timeout(withinMs),
    ...(post === undefined ? {} : { method: "POST", headers: { [TOKEN_HEADER]: post.token } }),
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve).once("error", reject);
    sent.end(post === undefined ? undefined : JSON.stringify(post.body));
  });
  const answer: unknown = await json(response);
  if (response.statusCode !== 200) {
    throw new UserError("AdminCallRefused", String((answer as { message?: string }).message));
  }
  return answer;
}
