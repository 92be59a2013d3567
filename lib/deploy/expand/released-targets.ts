import { isDeepStrictEqual } from "node:util";
import type { Template } from "../../assembly/assembly.ts";
import { Deliveries } from "./deliveries.ts";
import { namesIn } from "./resource-graph.ts";

const ALIASES = new Set(["AWS::Lambda::Alias", "AWS::StepFunctions::StateMachineAlias"]);
const UNQUALIFIED = new Set(["AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"]);

/** Compares where values of the deployed and of the new template lead. */
export class ReleasedTargets {
  readonly #deployed: Template;
  readonly #desired: Template;

  constructor(deployed: Template, desired: Template) {
    this.#deployed = deployed;
    this.#desired = desired;
  }

  /** Whether a deployed value leads to an alias, and the new one to another alias or to none. */
  leavesAlias(before: unknown, after: unknown): boolean {
    const old = aliasesIn(this.#deployed, namesIn(before));
    return old.length > 0 && !isDeepStrictEqual(old, aliasesIn(this.#desired, namesIn(after)));
  }

  /**
   * Whether a deployed value leads to a function or workflow without an alias. It runs the newest code, which every
   * stage changes: no released version is behind it.
   */
  isUnqualified(before: unknown): boolean {
    return namesIn(before).some((name) => UNQUALIFIED.has(this.#deployed.Resources?.[name]?.Type ?? ""));
  }
}

/** Whether two values name the same target, by any kind of reference. */
export function isSameTarget(one: unknown, other: unknown): boolean {
  if (isDeepStrictEqual(one, other)) return true;
  const [a, b] = [one, other].map((value) =>
    namesIn(value)
      .filter((name) => !name.startsWith("AWS::"))
      .sort(),
  );
  return a !== undefined && a.length > 0 && isDeepStrictEqual(a, b);
}

/** The aliases that names lead to: themselves, or through queues, topics, buses, streams and integrations. */
function aliasesIn(template: Template, names: readonly string[]): string[] {
  const { Resources = {} } = template;
  const deliveries = new Deliveries(template);
  const found = new Set<string>();
  const open = [...names];
  const seen = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const resource = Resources[name];
    if (resource === undefined || seen.has(name)) continue;
    seen.add(name);
    if (ALIASES.has(resource.Type)) found.add(name);
    else open.push(...deliveries.targetsOf(name));
  }
  return [...found].sort();
}
