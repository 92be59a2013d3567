/** Text as CloudFormation makes it of a value. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : `${value as number | boolean}`;
}
