/** Why an endpoint gave no answer, by the codes that EventBridge gives dead letters. */
export class CallFailure extends Error {
  readonly code: "CONNECTION_FAILURE" | "ERROR_FROM_TARGET" | "TIMEOUT";

  constructor(code: CallFailure["code"], message: string) {
    super(message);
    this.name = code;
    this.code = code;
  }
}

/** Calls an endpoint of the user's and does not follow where it points. Throws `CallFailure` where no answer comes. */
export async function callOut(url: string, request: RequestInit, timeoutMs: number): Promise<Response> {
  try {
    return await fetch(url, { ...request, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    const why = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
    throw new CallFailure(isLate ? "TIMEOUT" : "CONNECTION_FAILURE", `${new URL(url).origin}: ${why}`);
  }
}
