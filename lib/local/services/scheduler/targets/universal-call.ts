import { isAwsError } from "../../../aws-error.ts";
import { DeliveryFailure } from "../../../delivery/failure.ts";
import { capitalised, carriedService, findOperation, toSdkInput } from "../../../kit/sdk-request.ts";
import type { ActingFor } from "../../../policy/caller.ts";
import type { CallContext, Cloud, ServiceName } from "../../../service.ts";
import type { OperationModel } from "../../../wire/service-model.ts";
import type { Attempt, InvocationCall } from "./target-call.ts";

/** What `arn:aws:scheduler:::aws-sdk:service:operation` names. */
export interface UniversalTarget {
  /** As the SDKs name it: `secretsmanager`. */
  readonly service: string;
  /** As it is written: `sendMessage`. */
  readonly api: string;
}

/** Reads a universal target's ARN; undefined for any other ARN. */
export function tryReadUniversalTarget(arn: string): UniversalTarget | undefined {
  const [, service, api] = /^arn:aws[a-z-]*:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/.exec(arn) ?? [];
  return service === undefined ? undefined : { service, api: api! };
}

type AnyCall = (service: ServiceName, operation: string, input: object, context: CallContext) => Promise<object>;

/** The call of a universal target. Its input was checked when the schedule was created. */
export async function universalCall(
  cloud: Cloud,
  universal: UniversalTarget,
  { target, region, input: request = "{}" }: Attempt,
  as: ActingFor,
): Promise<InvocationCall | undefined> {
  const service = carriedService(universal.service);
  const operation = service === undefined ? undefined : await findOperation(service, universal.api);
  if (service === undefined || operation === undefined) return undefined;
  const input = toSdkInput(operation, JSON.parse(request) as object);
  return {
    service,
    arn: target.Arn ?? "",
    request,
    async make() {
      try {
        refuseFailedEntry(await (cloud.call as AnyCall)(service, operation.name, input, { region, as }));
      } catch (error) {
        // An earlier attempt started it, and its answer was lost.
        if (!isAwsError(error, "ExecutionAlreadyExists")) throw error;
      }
    },
  };
}

/** A refused event is not a refused call. */
function refuseFailedEntry(answer: { readonly Entries?: readonly Entry[] }): void {
  const refused = answer.Entries?.find((entry) => entry.ErrorCode);
  if (refused?.ErrorCode !== undefined) throw new DeliveryFailure(refused.ErrorCode, refused.ErrorMessage ?? "");
}

interface Entry {
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

/** Members that a request must have and lacks, with a capital letter as the Scheduler spells all of them. */
export function findMissing(operation: OperationModel, request: object): string[] {
  const schema = operation.input.getSchema();
  const required = Array.isArray(schema) ? ((schema[4] ?? []) as string[]).slice(0, schema[6] ?? 0) : [];
  return required.map(capitalised).filter((name) => !Object.hasOwn(request, name));
}
