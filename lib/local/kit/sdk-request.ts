import type { NormalizedSchema } from "@smithy/core/schema";
import { CLIENTS, SERVICE_NAMES } from "../catalogue.ts";
import type { ServiceName } from "../service.ts";
import { readServiceModel, type OperationModel } from "../wire/service-model.ts";

const models = new Map<ServiceName, ReadonlyMap<string, OperationModel>>();

/** The carried service by the name that `aws-sdk:` integrations and universal targets give it: `secretsmanager`. */
export function carriedService(sdkName: string): ServiceName | undefined {
  return SERVICE_NAMES.find((name) => name.replaceAll("-", "") === sdkName);
}

/**
 * An operation by its name, with either case of the first letter; undefined where the service has no such operation.
 */
export async function findOperation(service: ServiceName, name: string): Promise<OperationModel | undefined> {
  const known = models.get(service) ?? readServiceModel(await CLIENTS[service]()).operations;
  models.set(service, known);
  return known.get(capitalised(name));
}

/**
 * A request that was written in JSON, as the SDK types it: members by their own names with either case of the first
 * letter, bytes from text or JSON, times from ISO 8601 or seconds. Unknown members are left out.
 */
export function toSdkInput(operation: OperationModel, request: object): object {
  return toTyped(operation.input, request) as object;
}

/** The name with a capital letter, as requests in JSON spell it for every service. */
export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function toTyped(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isBlobSchema()) return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  if (schema.isTimestampSchema()) return typeof value === "number" ? new Date(value * 1000) : new Date(value as string);
  if (Array.isArray(value))
    return schema.isListSchema() ? value.map((each) => toTyped(schema.getValueSchema(), each)) : value;
  if (typeof value !== "object") return value;
  const entries = Object.entries(value);
  if (schema.isMapSchema())
    return Object.fromEntries(entries.map(([name, each]) => [name, toTyped(schema.getValueSchema(), each)]));
  return schema.isStructSchema() ? toStructure(schema, entries) : value;
}

function toStructure(schema: NormalizedSchema, entries: readonly [string, unknown][]): object {
  const members = new Map([...schema.structIterator()].map((member) => [capitalised(member[0]), member]));
  const typed = entries.flatMap(([name, each]) => {
    const [own, member] = members.get(capitalised(name)) ?? [];
    return own === undefined ? [] : [[own, toTyped(member!, each)] as const];
  });
  return Object.fromEntries(typed);
}
