import { randomUUID } from "node:crypto";
import { answer } from "./http.ts";
import { put } from "./pipe.ts";

/** POST /reviews {text}: puts a review into the first pipe. 202 with its id, 400 without a text. */
export async function handler(event: { readonly body?: string }) {
  const text = readText(event.body ?? "");
  if (text === undefined) return answer(400, { message: 'Expected a JSON object with a text "text".' });
  const id = randomUUID();
  await put({ id, text });
  return answer(202, { id });
}

function readText(body: string): string | undefined {
  try {
    const { text } = JSON.parse(body) as { text?: unknown };
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}
