/** An answer with a JSON document. */
export function answer(statusCode: number, body: object) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
