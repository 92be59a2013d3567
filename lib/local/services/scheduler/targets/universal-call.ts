import { capitalised, carriedService, findOperation, toSdkInput } from "../../../kit/sdk-request.ts";
import type { OperationModel } from "../../../wire/service-model.ts";
import type { Attempt, TargetCall } from "./target-call.ts";

/** What `arn:aws:scheduler:::aws-sdk:service:operation` names. */
export interface UniversalTarget {
  /** As the SDKs name it: `secretsmanager`. */
  readonly service: string;
  /** As it is written: `sendMessage`. */
  readonly api: string;
}

export function tryReadUniversalTarget(arn: string): UniversalTarget | undefined {
  const [, service, api] = /^arn:aws[a-z-]*:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/.exec(arn) ?? [];
  return service === undefined ? undefined : { service, api: api! };
}

/** The call that a universal target stands for. Its input was checked when the schedule was made. */
export async function universalCall(universal: UniversalTarget, attempt: Attempt): Promise<TargetCall | undefined> {
  const service = carriedService(universal.service);
  const operation = service === undefined ? undefined : await findOperation(service, universal.api);
  if (service === undefined || operation === undefined) return undefined;
  const request = attempt.input ?? "{}";
  const input = toSdkInput(operation, JSON.parse(request) as object);
  return { service, operation: operation.name, input, arn: attempt.target.Arn!, request };
}

/** Members that a request must have and lacks, with a capital letter as the Scheduler spells all of them. */
export function findMissing(operation: OperationModel, request: object): string[] {
  const schema = operation.input.getSchema();
  const required = Array.isArray(schema) ? ((schema[4] ?? []) as string[]).slice(0, schema[6] ?? 0) : [];
  return required.map(capitalised).filter((name) => !Object.hasOwn(request, name));
}
