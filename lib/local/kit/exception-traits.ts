import { CLIENTS } from "../catalogue.ts";
import type { ServiceName } from "../service.ts";

/** What a service's model says of one of its exceptions. */
export interface ExceptionTraits {
  readonly httpError?: number;
  /** The code and status that the exception has in the query protocol. */
  readonly awsQueryError?: readonly [code: string, status: number];
}

/** The traits of the first of these exceptions that a service's model knows; undefined where it knows none. */
export async function findExceptionTraits(
  service: ServiceName,
  ...names: readonly string[]
): Promise<ExceptionTraits | undefined> {
  const client = await CLIENTS[service]();
  const name = names.find((each) => typeof Reflect.get(client, each) === "function");
  if (name === undefined) return undefined;
  const schema: unknown = Reflect.get(client, `${name}$`);
  const traits: unknown = Array.isArray(schema) ? schema[TRAITS] : undefined;
  return typeof traits === "object" && traits !== null ? traits : {};
}

/** Where the SDK's schema of an exception has its traits. */
const TRAITS = 3;
