import type { OperationsOf, RequestContext, ServiceName } from "../service.ts";

/** The input of operation `K` of service `N`, as the SDK types it. */
export type Input<N extends ServiceName, K extends keyof OperationsOf<N>> = OperationsOf<N>[K] extends {
  input: infer I;
}
  ? I
  : never;

/** The output of operation `K` of service `N`, as the SDK types it, without its metadata. */
export type Output<N extends ServiceName, K extends keyof OperationsOf<N>> = OperationsOf<N>[K] extends {
  output: infer O;
}
  ? O
  : never;

/** The output of an operation that answers an empty structure. */
export type Nothing = Record<string, never>;

/** An operation as its file exports it: the service's context first, then AWS's input and the request's context. */
export type BoundBy<C, N extends ServiceName, K extends keyof OperationsOf<N>> = (
  service: C,
  input: Input<N, K>,
  context: RequestContext,
) => Promise<Output<N, K>> | Output<N, K>;
