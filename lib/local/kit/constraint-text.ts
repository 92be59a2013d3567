/**
 * AWS's text for one member that breaks the service's model: `Value 'x' at 'name' failed to satisfy constraint:
 * Member must …`. A list is shown as `'[a, b]'`, a missing value as `null`.
 */
export function constraintProblem(value: unknown, member: string, constraint: string): string {
  return `Value ${show(value)} at '${member}' failed to satisfy constraint: ${constraint}`;
}

/** All problems of one request as AWS joins them: `2 validation errors detected: …; …`. */
export function constraintText(...problems: readonly string[]): string {
  return `${problems.length} validation error${problems.length === 1 ? "" : "s"} detected: ${problems.join("; ")}`;
}

/** The constraint that a number or a length outside of its range breaks, undefined inside of it. */
export function rangeConstraint(noun: "value" | "length", value: number, min: number, max = Infinity) {
  if (value < min) return `Member must have ${noun} greater than or equal to ${min}`;
  return value > max ? `Member must have ${noun} less than or equal to ${max}` : undefined;
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "null";
  return Array.isArray(value) ? `'[${value.map(plain).join(", ")}]'` : `'${plain(value)}'`;
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
