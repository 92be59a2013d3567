import type { Template, TemplateResource } from "../../assembly/assembly.ts";
import { isLocal, resourceReferencesOf } from "../../template/references.ts";
import { conditionsIn, mappingsIn } from "./carried-names.ts";
import {
  CARRIED_SECTIONS,
  type CarriedSection,
  EXPANSION_KEY,
  type Expansion,
  type HeldResource,
} from "./expansion.ts";
import { type Dependencies, isExported } from "./live-dependencies.ts";
import { namesIn } from "./resource-graph.ts";
import { widenResource } from "./widen-resource.ts";

/** What a template is expanded with. */
export interface ExpansionInput {
  /** The template that is deployed: as it was synthesized, or itself expanded. */
  readonly deployed: Template;
  /** The template as it was synthesized. */
  readonly desired: Template;
  /** What the live versions of the deployed template may depend on. */
  readonly dependencies: Dependencies;
  /** Where the synthesized template is in S3, for a template that is too large to go with a call. */
  readonly contractUrl?: string;
}

type Resources = Readonly<Record<string, TemplateResource>>;

/**
 * The template of a stage that cannot hurt: the new one, and everything that the live versions may depend on and that
 * it drops or narrows, as deployed. Returns `desired` itself where nothing has to be held back. Expanding the result
 * again changes nothing.
 */
export function expandTemplate(input: ExpansionInput): Template {
  const { deployed, desired, contractUrl } = input;
  const wide = widen(deployed.Resources ?? {}, desired.Resources ?? {});
  const held = heldResources(input, wide);
  const outputs = droppedExports(deployed, desired);
  const heldIds = Object.keys(held);
  const changed = Object.keys(wide);
  if (heldIds.length === 0 && outputs.length === 0 && changed.length === 0) return desired;
  const kept = pick(deployed.Resources ?? {}, heldIds);
  const carried = {
    ...carriedSections(deployed, desired, [...Object.values(kept), ...Object.values(wide)]),
    Outputs: outputs,
  };
  const expansion: Expansion = {
    format: 1,
    held,
    sections: carried,
    restore: pick(desired.Resources ?? {}, changed),
    ...(contractUrl === undefined ? {} : { contractUrl }),
  };
  const sections = CARRIED_SECTIONS.flatMap((name) => {
    const content = { ...desired[name], ...pick(deployed[name] ?? {}, carried[name]) };
    return Object.keys(content).length === 0 ? [] : [[name, content] as const];
  });
  return {
    ...desired,
    ...Object.fromEntries(sections),
    Metadata: { ...desired.Metadata, [EXPANSION_KEY]: expansion },
    Resources: { ...desired.Resources, ...wide, ...kept },
  };
}

/** The resources of both templates that permit less than before, as they have to be during the stage. */
function widen(deployed: Resources, desired: Resources): Resources {
  const entries = Object.entries(desired).flatMap(([id, next]) => {
    const previous = deployed[id];
    const widened = previous === undefined ? next : widenResource(previous, next);
    return widened === next ? [] : [[id, widened] as const];
  });
  return Object.fromEntries(entries);
}

/** Dropped resources that a live version may depend on, and dropped ones that these or kept statements refer to. */
function heldResources(
  { deployed, desired, dependencies }: ExpansionInput,
  wide: Resources,
): Record<string, HeldResource> {
  const { Resources = {}, Outputs = {} } = deployed;
  const isDropped = (id: string) => Resources[id] !== undefined && desired.Resources?.[id] === undefined;
  const held: Record<string, HeldResource> = {};
  const hold = (id: string, why: string) => {
    const resource = Resources[id];
    if (resource === undefined || !isDropped(id) || held[id] !== undefined) return;
    held[id] = { type: resource.Type, why };
    for (const { target } of resourceReferencesOf(resource).filter(isLocal)) {
      hold(target, dependencies.get(target) ?? `${id} refers to it`);
    }
  };
  for (const [id, why] of dependencies) if (!isVersion(Resources[id])) hold(id, why);
  for (const [id, resource] of Object.entries(wide))
    for (const name of namesIn(resource)) hold(name, `${id} allows its use`);
  for (const name of droppedExports(deployed, desired))
    for (const id of namesIn(Outputs[name])) hold(id, "another stack may import it");
  return held;
}

/** Versions outlive their templates: CloudFormation retains them. They are held only where a held alias needs one. */
function isVersion(resource: TemplateResource | undefined): boolean {
  return resource?.Type === "AWS::Lambda::Version" || resource?.Type === "AWS::StepFunctions::StateMachineVersion";
}

function droppedExports({ Outputs = {} }: Template, desired: Template): string[] {
  return Object.entries(Outputs).flatMap(([name, output]) =>
    isExported(output) && desired.Outputs?.[name] === undefined ? [name] : [],
  );
}

/** Parameters, conditions and mappings that only the deployed template has and that the given resources need. */
function carriedSections(
  deployed: Template,
  desired: Template,
  resources: readonly TemplateResource[],
): Record<Exclude<CarriedSection, "Outputs">, string[]> {
  const conditions = closeConditions(deployed, resources.flatMap(conditionsIn));
  const values = [...resources, ...conditions.map((name) => deployed.Conditions?.[name])];
  const only = (section: "Parameters" | "Conditions" | "Mappings", names: readonly string[]) =>
    [...new Set(names)].filter(
      (name) => deployed[section]?.[name] !== undefined && desired[section]?.[name] === undefined,
    );
  return {
    Parameters: only("Parameters", values.flatMap(namesIn)),
    Conditions: only("Conditions", conditions),
    Mappings: only("Mappings", values.flatMap(mappingsIn)),
  };
}

/** The conditions, and those that they are made of. */
function closeConditions({ Conditions = {} }: Template, names: readonly string[]): string[] {
  const closed = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (closed.has(name)) continue;
    closed.add(name);
    open.push(...conditionsIn({ Condition: undefined, Definition: Conditions[name] }));
  }
  return [...closed];
}

function pick<T>(record: Readonly<Record<string, T>>, names: Iterable<string>): Record<string, T> {
  const entries = [...names].flatMap((name) => {
    const value = record[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}
