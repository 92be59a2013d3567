/** A statement of a policy that allows something, as IAM's JSON has it. */
export interface AllowStatement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** An identity policy that is ready to paste. */
export interface AllowPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly AllowStatement[];
}

/** One action on some resources, and why it is needed. */
export interface Grant {
  readonly action: string;
  /** ARNs, which may hold wildcards. */
  readonly resources: readonly string[];
  readonly condition?: AllowStatement["Condition"];
  /** As `AWS_CALLS` words it. */
  readonly purpose: string;
  /** Every deploy depends on it. */
  readonly isVital?: true;
}

/** A policy of the grants: an action is named once for each set of resources, and sets that share their actions are joined. */
export function policyOf(grants: readonly Grant[]): AllowPolicy {
  const resourcesOf = new Map<string, { action: string; condition: Grant["condition"]; resources: Set<string> }>();
  for (const { action, condition, resources } of grants.filter((grant) => grant.resources.length > 0)) {
    const key = JSON.stringify([action, condition ?? null]);
    const known = resourcesOf.get(key) ?? { action, condition, resources: new Set() };
    for (const resource of resources) known.resources.add(resource);
    resourcesOf.set(key, known);
  }
  const whole = [...resourcesOf.values()].map(({ action, condition, resources }) => ({
    action,
    condition,
    resources: withoutCovered([...resources]),
  }));
  const alike = Map.groupBy(whole, ({ condition, resources }) => JSON.stringify([resources, condition ?? null]));
  const statements = [...alike.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [statementOf(group.map(({ action }) => action).toSorted(), first)];
  });
  return { Version: "2012-10-17", Statement: statements.toSorted(byFirstAction) };
}

function statementOf(
  Action: readonly string[],
  { resources, condition }: { readonly resources: readonly string[]; readonly condition: Grant["condition"] },
): AllowStatement {
  return { Effect: "Allow", Action, Resource: resources, ...(condition === undefined ? {} : { Condition: condition }) };
}

/** Sorted; a resource that a pattern with a wildcard at its end covers is left out. */
function withoutCovered(resources: readonly string[]): string[] {
  const covers = (pattern: string, one: string) =>
    pattern !== one && pattern.endsWith("*") && one.startsWith(pattern.slice(0, -1));
  return resources.filter((one) => !resources.some((pattern) => covers(pattern, one))).toSorted();
}

function byFirstAction(a: AllowStatement, b: AllowStatement): number {
  return (a.Action[0] ?? "").localeCompare(b.Action[0] ?? "");
}
