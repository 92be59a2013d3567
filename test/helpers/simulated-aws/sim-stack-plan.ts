import { isDeepStrictEqual } from "node:util";
import { RESOURCE_TYPES } from "./sim-resources.ts";
import type { SimChange, SimStack, SimTarget } from "./sim-stack.ts";
import { inOrder, resolve } from "./sim-template.ts";
import type { World } from "./world.ts";

/** Placeholder for a value that is known only after the update. */
const UNKNOWN = "{{known after the update}}";
export const NESTED = "AWS::CloudFormation::Stack";

/** What an update does with one resource. */
export interface SimStep {
  readonly logicalId: string;
  readonly type: string;
  readonly action: "Add" | "Modify" | "Replace";
  /** Names of the properties that differ. */
  readonly differing: readonly string[];
  /** The resource's own metadata differs, which calls no service. */
  readonly isMarked?: boolean;
}

/** The properties of a resource by the present state of the stack's other resources. */
export function propertiesOf(
  world: World,
  stack: SimStack,
  target: SimTarget,
  logicalId: string,
  isUnknown: (logicalId: string) => boolean = () => false,
): Readonly<Record<string, unknown>> {
  const { template, parameters } = target;
  const made = (id: string) => {
    const found = stack.resources.get(id);
    return found === undefined || isUnknown(id) ? undefined : found;
  };
  const values = {
    parameters,
    ref: (id: string) => made(id)?.physicalId ?? UNKNOWN,
    attribute: (id: string, name: string) => {
      const found = made(id);
      if (found === undefined) return UNKNOWN;
      if (found.type === NESTED) return outputOf(world, found.physicalId, name);
      return RESOURCE_TYPES[found.type]!.attribute(world, found.physicalId, name);
    },
  };
  return resolve(template.Resources[logicalId]?.Properties ?? {}, template, values) as Readonly<
    Record<string, unknown>
  >;
}

function outputOf(world: World, stackId: string, name: string): string {
  const nested = world.stackOf(stackId);
  const { target } = nested;
  const output = target.template.Outputs?.[name.replace(/^Outputs\./, "")];
  const ref = (id: string) => nested.resources.get(id)?.physicalId ?? UNKNOWN;
  const attribute = (id: string, attributeName: string) => {
    const found = nested.resources.get(id)!;
    return RESOURCE_TYPES[found.type]!.attribute(world, found.physicalId, attributeName);
  };
  return String(resolve(output?.Value, target.template, { parameters: target.parameters, ref, attribute }));
}

/** What an update to `target` would do, in order, and what it would remove. */
export function planUpdate(world: World, stack: SimStack, target: SimTarget): { steps: SimStep[]; removed: string[] } {
  const unknown = new Set<string>();
  const steps = inOrder(target.template).flatMap((logicalId): SimStep[] => {
    const { Type: type } = target.template.Resources[logicalId]!;
    const found = stack.resources.get(logicalId);
    if (found === undefined) {
      unknown.add(logicalId);
      return [{ logicalId, type, action: "Add", differing: [] }];
    }
    const wanted = propertiesOf(world, stack, target, logicalId, (id) => unknown.has(id));
    const differing = differingNames(found.properties, wanted);
    // A nested stack is looked into at each update of its parent, whether it changes or not.
    const isMarked = !isDeepStrictEqual(found.metadata, target.template.Resources[logicalId]?.Metadata);
    if (differing.length === 0 && type !== NESTED && !isMarked) return [];
    const replaces = RESOURCE_TYPES[type]?.createOnly.some((name) => differing.includes(name)) === true;
    if (replaces) unknown.add(logicalId);
    return [{ logicalId, type, action: replaces ? "Replace" : "Modify", differing, isMarked }];
  });
  const removed = [...stack.resources.keys()].filter((id) => target.template.Resources[id] === undefined);
  return { steps, removed };
}

/** The same as a change set shows it. `nested` names the change set of a nested stack. */
export function showChanges(
  world: World,
  stack: SimStack,
  target: SimTarget,
  nested: (logicalId: string) => string | undefined,
): SimChange[] {
  const { steps, removed } = planUpdate(world, stack, target);
  const shown = steps.map(({ logicalId, type, action, differing, isMarked }): SimChange => {
    const ChangeSetId = type === NESTED ? nested(logicalId) : undefined;
    const automatic = { Target: { Attribute: "Properties" }, Evaluation: "Dynamic", ChangeSource: "Automatic" };
    const details = differing.map((Name) => ({
      Target: { Attribute: "Properties", Name, RequiresRecreation: action === "Replace" ? "Always" : "Never" },
      Evaluation: "Static",
      ChangeSource: "DirectModification",
    }));
    const marked = { Target: { Attribute: "Metadata" }, Evaluation: "Static", ChangeSource: "DirectModification" };
    const direct = isMarked === true ? [...details, marked] : details;
    return {
      Type: "Resource",
      ResourceChange: {
        Action: action === "Add" ? "Add" : "Modify",
        LogicalResourceId: logicalId,
        PhysicalResourceId: stack.resources.get(logicalId)?.physicalId,
        ResourceType: type,
        Replacement: action === "Replace" ? "True" : "False",
        Details: type === NESTED && differing.length === 0 ? [automatic] : direct,
        ChangeSetId,
      },
    };
  });
  const going = removed.map((LogicalResourceId): SimChange => {
    const { physicalId, type } = stack.resources.get(LogicalResourceId)!;
    return {
      Type: "Resource",
      ResourceChange: {
        Action: "Remove",
        LogicalResourceId,
        PhysicalResourceId: physicalId,
        ResourceType: type,
        Details: [],
      },
    };
  });
  return [...shown, ...going];
}

function differingNames(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => !isDeepStrictEqual(one[name], other[name])).toSorted();
}
