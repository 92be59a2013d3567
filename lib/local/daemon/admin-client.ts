import { UserError } from "../../errors.ts";
import type { ClockStatus } from "../state/cloud-clock.ts";
import type { CloudStatus } from "../local-cloud.ts";
import { ADMIN_PREFIX, TOKEN_HEADER } from "../server/admin.ts";
import type { ClockChange } from "../server/clock-change.ts";
import type { Lock } from "./lock-file.ts";

const ANSWER_WITHIN_MS = 2000;

/** How the cloud on this port is, or undefined when nothing there answers like one. */
export async function tryReadStatus(port: number): Promise<CloudStatus | undefined> {
  try {
    const status = (await call(port, "health")) as Partial<CloudStatus> | null;
    return status?.status === "running" ? (status as CloudStatus) : undefined;
  } catch {
    return undefined;
  }
}

/** Asks the cloud to stop; answers whether it agreed. */
export async function tryAskToStop({ port, token }: Lock): Promise<boolean> {
  return call(port, "stop", { token, body: {} }).then(
    () => true,
    () => false,
  );
}

/** Changes the cloud's clock. */
export async function changeClock({ port, token }: Pick<Lock, "port" | "token">, change: ClockChange) {
  return (await call(port, "clock", { token, body: change })) as ClockStatus;
}

async function call(port: number, path: string, post?: { token: string; body: object }): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${ADMIN_PREFIX}${path}`, {
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(post === undefined
      ? {}
      : { method: "POST", headers: { [TOKEN_HEADER]: post.token }, body: JSON.stringify(post.body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new UserError("AdminCallRefused", String((answer as { message?: string }).message));
  return answer;
}
