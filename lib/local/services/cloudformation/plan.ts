import { UNKNOWN, type Scope } from "../../../template/value-scope.ts";
import { evaluate } from "../../../template/intrinsics.ts";
import { AwsError } from "../../aws-error.ts";
import type { ResourceRecord, Revision, StackRecord } from "./model.ts";
import { resourceSchema } from "./schema/resource-schema.ts";
import { textOf } from "../../../template/text.ts";
import { buildGraph, type DependencyGraph } from "../../../template/graph.ts";
import { maskParameter } from "../../../template/parameters.ts";
import { buildScope, type ResourceValues, type StackIdentity } from "../../../template/scope.ts";
import { isObject } from "../../../template/is-object.ts";
import { readTemplate, type ResourceDeclaration, type Template } from "../../../template/template.ts";

/** A revision prepared for work: its template, the values of its names, the resources that are active. */
export interface RevisionPlan {
  readonly revision: Revision;
  readonly template: Template;
  readonly scope: Scope;
  /** As `scope`, with `****` for the values of `NoEcho` parameters: for what is shown. The same where there are none. */
  readonly shownScope: Scope;
  readonly active: ReadonlyMap<string, ResourceDeclaration>;
  readonly graph: DependencyGraph;
}

/** Reads a revision's template and settles its conditions. */
export function planRevision(
  revision: Revision,
  stack: StackRecord,
  account: string,
  values: ResourceValues,
): RevisionPlan {
  const template = readTemplate(revision.processed ?? revision.body);
  const identity = identityOf(stack, account);
  const scope = buildScope(template, revision.parameters, identity, values);
  const shownScope = hasSecrets(revision)
    ? {
        ...buildScope(template, revision.parameters.map(maskParameter), identity, values),
        condition: (name: string) => scope.condition(name),
      }
    : scope;
  const choose = (condition: string) => scope.condition(condition);
  const active = new Map(
    [...template.resources].filter(([, resource]) => resource.condition === undefined || choose(resource.condition)),
  );
  return { revision, template, scope, shownScope, active, graph: buildGraph(active, choose) };
}

/** Who and where a stack is, for the pseudo parameters of its template. */
export function identityOf(stack: StackRecord, account: string): StackIdentity {
  const { region, id, name, notificationArns } = stack;
  return { account, region, stackId: id, stackName: name, notificationArns };
}

/** Whether a revision has parameters whose values must not be shown. */
export function hasSecrets({ parameters }: Pick<Revision, "parameters">): boolean {
  return parameters.some(({ noEcho }) => noEcho);
}

/** How the resources that are there answer; `missing` says what to do about one that is not. */
export function recordedValues(
  resources: ReadonlyMap<string, ResourceRecord>,
  importValue: (name: string) => unknown,
  missing: (logicalId: string) => unknown = refuseMissing,
): ResourceValues {
  return {
    importValue,
    ref: (logicalId) => {
      const live = resources.get(logicalId)?.live;
      return live ? (live.ref ?? live.physicalId) : missing(logicalId);
    },
    getAtt: (logicalId, attribute) => {
      const record = resources.get(logicalId);
      return record?.live ? attributeOf(record, attribute) : missing(logicalId);
    },
  };
}

/** An attribute of a resource: one that its type defines, or one of its properties. Refuses an unknown one. */
export function attributeOf(record: ResourceRecord, attribute: string): unknown {
  const found = tryAttributeOf(record, attribute);
  if (found !== undefined) return found;
  const isListed = resourceSchema(record.type)?.attributes.includes(attribute) ?? false;
  const hint = isListed
    ? ` ${record.logicalId} has none now, or the local cloud does not support it for ${record.type}.`
    : "";
  throw new AwsError("ValidationError", `Attribute '${attribute}' does not exist.${hint}`);
}

/** As `attributeOf`, undefined where there is none. */
export function tryAttributeOf(record: ResourceRecord, attribute: string): unknown {
  const { attributes = {}, properties } = record.live!;
  const path = attribute.split(".");
  if (Object.hasOwn(attributes, attribute)) return attributes[attribute];
  return follow(attributes, path) ?? follow(properties, path);
}

function follow(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const part of path) {
    if (!isObject(current) || !Object.hasOwn(current, part)) return undefined;
    current = current[part];
  }
  return current;
}

function refuseMissing(logicalId: string): never {
  throw new AwsError(
    "ValidationError",
    `Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
  );
}

/** A declaration's policy in force. */
export function policyOf(plan: RevisionPlan, value: unknown, fallback = "Delete"): string {
  return value === undefined ? fallback : textOf(evaluate(value, plan.scope));
}

/** Values for a plan that is only looked at: what is not there yet is unknown. */
export function unknownMissing(): unknown {
  return UNKNOWN;
}
