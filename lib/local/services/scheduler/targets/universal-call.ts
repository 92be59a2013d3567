import type { NormalizedSchema } from "@smithy/core/schema";
import { SERVICE_NAMES, SERVICES } from "../../../registry.ts";
import type { ServiceName } from "../../../service.ts";
import { readServiceModel, type OperationModel } from "../../../wire/service-model.ts";
import type { Attempt, TargetCall } from "./target-call.ts";

/** What `arn:aws:scheduler:::aws-sdk:service:operation` names. */
export interface UniversalTarget {
  /** As the SDKs name it: `secretsmanager`. */
  readonly service: string;
  /** As it is written: `sendMessage`. */
  readonly api: string;
}

const models = new Map<ServiceName, ReadonlyMap<string, OperationModel>>();

export function tryReadUniversalTarget(arn: string): UniversalTarget | undefined {
  const [, service, api] = /^arn:aws[a-z-]*:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/.exec(arn) ?? [];
  return service === undefined ? undefined : { service, api: api! };
}

/** The carried service that a target names. */
export function carriedService({ service }: UniversalTarget): ServiceName | undefined {
  return SERVICE_NAMES.find((name) => name.replaceAll("-", "") === service);
}

/** The operation by its own name; undefined where the service has none such. */
export async function findOperation(service: ServiceName, api: string): Promise<OperationModel | undefined> {
  const known = models.get(service) ?? readServiceModel(await SERVICES[service].client()).operations;
  models.set(service, known);
  return known.get(`${api[0]!.toUpperCase()}${api.slice(1)}`);
}

/** The call that a universal target stands for. Its input was checked when the schedule was made. */
export async function universalCall(universal: UniversalTarget, attempt: Attempt): Promise<TargetCall | undefined> {
  const service = carriedService(universal);
  const operation = service === undefined ? undefined : await findOperation(service, universal.api);
  if (service === undefined || operation === undefined) return undefined;
  const request = attempt.input ?? "{}";
  const input = toTyped(operation.input, JSON.parse(request)) as object;
  return { service, operation: operation.name, input, arn: attempt.target.Arn!, request };
}

/** Members that a request must have and lacks, with a capital letter as the Scheduler spells all of them. */
export function findMissing(operation: OperationModel, request: object): string[] {
  const schema = operation.input.getSchema();
  const required = Array.isArray(schema) ? ((schema[4] ?? []) as string[]).slice(0, schema[6] ?? 0) : [];
  return required.map(capitalised).filter((name) => !Object.hasOwn(request, name));
}

/** JSON as the SDK types it: members by their own names, bytes of text, times of text or seconds. */
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
  if (!schema.isStructSchema()) return value;
  const members = new Map([...schema.structIterator()].map((member) => [capitalised(member[0]), member]));
  const typed = entries.flatMap(([name, each]) => {
    const [own, member] = members.get(capitalised(name)) ?? [];
    return own === undefined ? [] : [[own, toTyped(member!, each)]];
  });
  return Object.fromEntries(typed) as object;
}

function capitalised(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}
