/** What an expression sees: `$states` and the workflow's variables. Plain JSON. */
export interface JsonataScope {
  readonly states: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

const DELIMITED = /^\{%([\s\S]*)%\}$/;

/** Whether a text is an expression: `{% … %}`. */
export function isExpression(value: unknown): value is string {
  return typeof value === "string" && DELIMITED.test(value);
}

/** The source between the delimiters of an expression. */
export function sourceOf(expression: string): string {
  return (DELIMITED.exec(expression)?.[1] ?? "").trim();
}

/** Whether an expression is anywhere in a value. */
export function holdsExpression(value: unknown): boolean {
  if (isExpression(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsExpression);
}
