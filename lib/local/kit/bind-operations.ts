import type { Operations, OperationsOf, RequestContext, ServiceName } from "../service.ts";
import type { BoundBy } from "./operation-types.ts";

/** Refuses at compile time a module whose `createQueue` is not what the operation `CreateQueue` takes and answers. */
type OperationsIn<M, C, N extends ServiceName> = {
  [K in keyof M]: Capitalize<K & string> extends keyof OperationsOf<N>
    ? BoundBy<C, N, Capitalize<K & string> & keyof OperationsOf<N>>
    : unknown;
};

type AnyOperation = (service: unknown, input: unknown, context: RequestContext) => unknown;

/**
 * The operations of a service, from the modules that export them. An exported function is the operation of its own
 * name: `createQueue` is `CreateQueue`. Other exports are ignored, since only AWS's names are ever looked up.
 *
 *     bindOperations("sqs", sqs, [queues, messages])
 */
export function bindOperations<N extends ServiceName, C, const M extends readonly object[]>(
  _service: N,
  context: C,
  modules: M & { readonly [I in keyof M]: OperationsIn<M[I], C, N> },
): Operations<N> {
  const exported = modules.flatMap((module) => Object.entries(module) as [string, unknown][]);
  const bound = exported.flatMap(([name, value]) =>
    typeof value === "function" ? [[capitalise(name), bind(value as AnyOperation, context)] as const] : [],
  );
  return Object.fromEntries(bound) as Operations<N>;
}

function bind(operation: AnyOperation, service: unknown) {
  return (input: unknown, context: RequestContext) => operation(service, input, context);
}

function capitalise(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
