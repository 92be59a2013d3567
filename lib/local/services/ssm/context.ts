import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf, RequestContext } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import { readReference, type ParameterReference } from "./parameter-name.ts";
import type { ParameterRecord } from "./parameter-record.ts";
import { SecureStrings } from "./secure-string.ts";
import { parameterNotFound } from "./errors.ts";

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"ssm">> = InputOf<"ssm", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"ssm">> = OutputOf<"ssm", K>;

/** All that the operations of SSM share. */
export interface Ssm {
  readonly cloud: Cloud;
  /** By `region/name`. */
  readonly parameters: Collection<ParameterRecord>;
  readonly secureStrings: SecureStrings;
}

/** Opens the parameters. */
export function openSsm(cloud: Cloud): Ssm {
  return {
    cloud,
    parameters: cloud.store.collection("ssm.parameters"),
    secureStrings: new SecureStrings(cloud.store),
  };
}

/** The parameter that the reference means, if there is one. */
export function findParameter(
  ssm: Ssm,
  context: RequestContext,
  { name, plainName }: ParameterReference,
): ParameterRecord | undefined {
  const plain = plainName === undefined ? undefined : ssm.parameters.get(keyOf(context, plainName));
  return plain ?? ssm.parameters.get(keyOf(context, name));
}

/** The parameter with this name or ARN, or SSM's refusal. */
export function requireParameter(ssm: Ssm, context: RequestContext, given: string): ParameterRecord {
  const parameter = findParameter(ssm, context, readReference(given));
  if (parameter === undefined) throw parameterNotFound();
  return parameter;
}

/** Parameters are kept by region. */
export function keyOf(context: RequestContext, name: string): string {
  return `${context.region}/${name}`;
}

/** The ARN leaves out the slash between `parameter` and a name that brings its own. */
export function parameterArn(context: RequestContext, name: string): string {
  return `arn:aws:ssm:${context.region}:${context.account}:parameter${name.startsWith("/") ? "" : "/"}${name}`;
}
