import type { Template, TemplateResource } from "../../assembly/assembly.ts";
import { type Acyclic, breakCycles } from "./break-cycles.ts";
import { conditionsIn, mappingsIn } from "./carried-names.ts";
import {
  CARRIED_SECTIONS,
  type CarriedSection,
  type DeferredChange,
  EXPANSION_KEY,
  type Expansion,
  expansionOf,
  HELD_KEY,
  HELD_OUTPUT,
  type HeldResource,
  type ReplacedResource,
} from "./expansion.ts";
import type { Replacement } from "./find-replaced.ts";
import { type Dependencies, isExported } from "./live-dependencies.ts";
import { ReleasedTargets } from "./released-targets.ts";
import { namesIn, targetsOf } from "./resource-graph.ts";
import { policiesOf } from "./resource-policies.ts";
import { physicalTemplate, replacedBy, replacedPermissions, retainReplaced } from "./retain-replaced.ts";
import { isNoticed, unsplittableHeld, unsplittableReplacements } from "./unsplittable.ts";
import { deferResource, widenResource } from "./widen-resource.ts";

/** What a template is expanded with. */
export interface ExpansionInput {
  /** The template that is deployed: as it was synthesized, or itself expanded. */
  readonly deployed: Template;
  /** The template as it was synthesized. */
  readonly desired: Template;
  /** What the live versions of the deployed template may depend on. */
  readonly dependencies: Dependencies;
  /** What the update replaces. */
  readonly replacements: readonly Replacement[];
  /** Physical ids of the deployed resources, by logical id. */
  readonly physicalIds: ReadonlyMap<string, string>;
  /** Where the synthesized template is in S3, for a template that is too large to go with a call. */
  readonly contractUrl?: string;
}

/** What a stage deploys, and what it cannot keep for the live versions. */
export interface ExpandedTemplate {
  readonly template: Template;
  /** Sentences for people, without a full stop. Empty where the stage hurts no live version. */
  readonly problems: readonly string[];
}

type Resources = Readonly<Record<string, TemplateResource>>;

/**
 * The template of a stage that cannot hurt: the new one, and everything that the live versions may depend on and that
 * it drops, replaces or narrows, as deployed. It is `desired` itself where nothing has to be held back. Expanding the
 * result again changes nothing.
 */
export function expandTemplate(input: ExpansionInput): ExpandedTemplate {
  const { deployed, desired, dependencies } = input;
  const replacements = input.replacements.filter((one) => isNoticed(one, dependencies));
  const { template: old, unnamed } = physicalTemplate(deployed, replacements);
  const retained = retainReplaced(desired.Resources ?? {}, replacements);
  const next = { ...desired, Resources: { ...desired.Resources, ...retained } };
  const { wide: widened, deferred } = widen(old, next, input.replacements);
  const wide = { ...retained, ...widened };
  const copies = replacedPermissions(old, replacements);
  const before = { ...old, Resources: { ...old.Resources, ...copies } };
  const held = heldResources({ ...input, deployed: before }, wide, Object.keys(copies));
  const added = { ...wide, ...markHeld(pick(before.Resources, Object.keys(held))) };
  const acyclic = breakCycles({ desired: desired.Resources ?? {}, added, physicalIds: input.physicalIds });
  const replaced = replacedBy(deployed, desired, replacements);
  const writtenOut = allWrittenOut(deployed, desired, acyclic);
  const template = assemble(input, before, { wide, deferred, held, replaced, added: acyclic.added, writtenOut });
  const lost = [...unnamed].filter(([id]) => held[id] !== undefined || isPolicy(desired.Resources?.[id]));
  return {
    template,
    problems: [
      ...unsplittableReplacements(deployed, desired, replacements),
      ...unsplittableHeld(deployed, desired, held),
      ...acyclic.problems,
      ...lost.flatMap(([id, references]) =>
        references.map((reference) => `${id} needs the old ${reference}, which cannot be kept`),
      ),
    ],
  };
}

/** Whether a resource holds policy statements. */
function isPolicy(resource: TemplateResource | undefined): boolean {
  return JSON.stringify(resource ?? {}).includes('"Statement"');
}

interface Expanded {
  readonly wide: Resources;
  readonly deferred: Readonly<Record<string, readonly DeferredChange[]>>;
  readonly held: Readonly<Record<string, HeldResource>>;
  readonly replaced: readonly ReplacedResource[];
  /** The widened and the held resources as the stage has them. */
  readonly added: Resources;
  readonly writtenOut: Readonly<Record<string, readonly string[]>>;
}

/** The references that this stage writes out, and those that an earlier one did in what is still added. */
function allWrittenOut(deployed: Template, desired: Template, { added, writtenOut }: Acyclic) {
  const earlier = expansionOf(deployed)?.writtenOut ?? {};
  const entries = Object.keys(added).flatMap((id) => {
    const all = new Set([...(earlier[id] ?? []), ...(writtenOut[id] ?? [])]);
    const targets = [...all].filter((target) => target in added || desired.Resources?.[target] !== undefined);
    return targets.length === 0 ? [] : [[id, targets] as const];
  });
  return Object.fromEntries(entries);
}

function assemble({ desired, contractUrl }: ExpansionInput, old: Template, expanded: Expanded): Template {
  const { wide, deferred, held, replaced, added, writtenOut } = expanded;
  const outputs = droppedExports(old, desired);
  const changed = Object.keys(wide);
  if (Object.keys(held).length + outputs.length + changed.length + replaced.length === 0) return desired;
  const isMarked = outputs.length > 0;
  const carried = {
    ...carriedSections(old, desired, Object.values(added)),
    Outputs: isMarked ? [...outputs, HELD_OUTPUT] : [],
  };
  const expansion: Expansion = {
    format: 1,
    held,
    sections: carried,
    restore: pick(desired.Resources ?? {}, changed),
    replaced,
    ...(Object.keys(writtenOut).length > 0 && { writtenOut }),
    ...(Object.keys(deferred).length > 0 && { deferred }),
    ...(contractUrl === undefined ? {} : { contractUrl }),
  };
  const mark = { Description: "Exports that stay until a release is promoted", Value: outputs.join(" ") };
  const before = { ...old, ...(isMarked && { Outputs: { ...old.Outputs, [HELD_OUTPUT]: mark } }) };
  const sections = CARRIED_SECTIONS.flatMap((name) => {
    const content = { ...desired[name], ...pick(before[name] ?? {}, carried[name]) };
    return Object.keys(content).length === 0 ? [] : [[name, content] as const];
  });
  return {
    ...desired,
    ...Object.fromEntries(sections),
    Metadata: { ...desired.Metadata, [EXPANSION_KEY]: expansion },
    Resources: { ...desired.Resources, ...added },
  };
}

/** The resources of both templates that take something away, as they have to be during the stage. */
function widen(
  deployed: Template,
  desired: Template,
  replacements: readonly Replacement[],
): Pick<Expanded, "wide" | "deferred"> {
  const targets = new ReleasedTargets(deployed, desired);
  // The old resource of a replacement stays with its own settings. A contraction replaces nothing.
  const replaced = new Set(replacements.map(({ logicalId }) => logicalId));
  const changed = Object.entries(desired.Resources ?? {}).flatMap(([id, next]) => {
    const previous = deployed.Resources?.[id];
    if (previous === undefined) return [];
    const staying = replaced.has(id) ? undefined : deferResource(previous, next, targets);
    const widened = staying ?? widenResource(previous, next, targets);
    return widened.resource === next ? [] : [{ id, ...widened }];
  });
  return {
    wide: Object.fromEntries(changed.map(({ id, resource }) => [id, marked(resource)])),
    deferred: Object.fromEntries(changed.flatMap(({ id, deferred }) => (deferred.length > 0 ? [[id, deferred]] : []))),
  };
}

/** Dropped resources that a live version may depend on, and dropped ones that these or kept statements refer to. */
function heldResources(
  { deployed, desired, dependencies }: ExpansionInput,
  wide: Resources,
  copies: readonly string[],
): Record<string, HeldResource> {
  const { Resources = {}, Outputs = {} } = deployed;
  const writtenOut = expansionOf(deployed)?.writtenOut ?? {};
  const isDropped = (id: string) => Resources[id] !== undefined && desired.Resources?.[id] === undefined;
  const held: Record<string, HeldResource> = {};
  const hold = (id: string, why: string) => {
    const resource = Resources[id];
    if (resource === undefined || !isDropped(id) || held[id] !== undefined) return;
    held[id] = { type: resource.Type, why };
    for (const target of [...targetsOf(resource), ...(writtenOut[id] ?? [])]) {
      hold(target, dependencies.get(target) ?? `${id} refers to it`);
    }
  };
  for (const id of copies) hold(id, "what calls a live version needs it");
  for (const [id, why] of dependencies) if (!isVersion(Resources[id])) hold(id, why);
  for (const [id, resource] of Object.entries(wide))
    for (const name of [...namesIn(resource), ...(writtenOut[id] ?? [])])
      hold(name, `${id} needs it until the promotion`);
  const reached = Object.keys(held).flatMap((id) => targetsOf(Resources[id]));
  for (const id of policiesOf(new Set([...keptNames(wide, desired), ...reached]), deployed, desired))
    hold(id, "what calls a live version needs it");
  for (const name of droppedExports(deployed, desired))
    for (const id of namesIn(Outputs[name])) hold(id, "another stack may import it");
  return held;
}

/** What widened resources refer to and the synthesized ones do not. */
function keptNames(wide: Resources, desired: Template): ReadonlySet<string> {
  const kept = Object.entries(wide).flatMap(([id, resource]) => {
    const own = new Set(namesIn(desired.Resources?.[id]));
    return namesIn(resource).filter((name) => !own.has(name));
  });
  return new Set(kept);
}

/** Held resources say so in their own metadata. */
function markHeld(resources: Readonly<Record<string, TemplateResource | undefined>>): Record<string, TemplateResource> {
  const entries = Object.entries(resources).flatMap(([id, resource]) => {
    if (resource === undefined) return [];
    return [[id, isVersion(resource) || ALIAS_TYPES.has(resource.Type) ? resource : marked(resource)] as const];
  });
  return Object.fromEntries(entries);
}

function marked(resource: TemplateResource): TemplateResource {
  return { ...resource, Metadata: { ...resource.Metadata, [HELD_KEY]: true } };
}

/** An alias is left as it is: an update of it would hand its version over. */
const ALIAS_TYPES = new Set(["AWS::Lambda::Alias", "AWS::StepFunctions::StateMachineAlias"]);

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
