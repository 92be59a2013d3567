import type { ServiceName } from "../service.ts";

/** A call of an operation over the wire, before it is authorised and run. */
export interface WireCallView {
  readonly service: ServiceName;
  readonly operation: string;
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * Comes before each operation that is called over the wire. It may wait, and what it throws is the answer: an `AwsError`
 * in the caller's protocol. Returns `drop` where the operation is to run and the caller gets no answer.
 */
export type Interceptor = (call: WireCallView) => Promise<"drop" | undefined>;
