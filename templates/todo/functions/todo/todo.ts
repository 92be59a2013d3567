import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** A thing to do. */
export interface Todo {
  readonly id: string;
  readonly title: string;
  readonly done: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** What a client may say of a to-do. */
export interface TodoChange {
  readonly title?: string;
  readonly done?: boolean;
}

const MAX_TITLE_LENGTH = 200;

/** The item that a to-do is stored as. */
export function toItem({ id, title, done, createdAt }: Todo): Record<string, AttributeValue> {
  return { id: { S: id }, title: { S: title }, done: { BOOL: done }, createdAt: { S: createdAt } };
}

/** The to-do that is stored in an item. */
export function fromItem(item: Record<string, AttributeValue>): Todo {
  return {
    id: item["id"]?.S ?? "",
    title: item["title"]?.S ?? "",
    done: item["done"]?.BOOL ?? false,
    createdAt: item["createdAt"]?.S ?? "",
  };
}

/** What is wrong with a change that a client sent, or undefined. */
export function changeProblem(change: unknown): string | undefined {
  if (typeof change !== "object" || change === null || Array.isArray(change)) return "The body must be a JSON object.";
  const { title, done, ...others } = change as Record<string, unknown>;
  const unknown = Object.keys(others);
  if (unknown.length > 0) return `Unknown: ${unknown.join(", ")}. A to-do has 'title' and 'done'.`;
  if (title !== undefined && (typeof title !== "string" || title.trim() === "" || title.length > MAX_TITLE_LENGTH)) {
    return `'title' must be text of 1 to ${MAX_TITLE_LENGTH} characters.`;
  }
  return done === undefined || typeof done === "boolean" ? undefined : "'done' must be true or false.";
}
