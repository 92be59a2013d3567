import { expect, it } from "vitest";
import { parseChange, setPath } from "../../lib/look/invoke/set-path.ts";

it.each([
  [{}, "id=7", { id: 7 }],
  [{}, "name=Anna", { name: "Anna" }],
  [{}, 'name="7"', { name: "7" }],
  [{ a: { b: 1, c: 2 } }, "a.b=true", { a: { b: true, c: 2 } }],
  [{ body: '{"id":1,"item":"book"}' }, "body.id=7", { body: '{"id":7,"item":"book"}' }],
  [{ body: "hello" }, "body.id=7", { body: '{"id":7}' }],
  [{ body: '{"id":1}' }, 'body={"title":"milk"}', { body: '{"title":"milk"}' }],
  [{ Records: [{ body: '{"id":1}' }, {}] }, "Records.0.body.id=7", { Records: [{ body: '{"id":7}' }, {}] }],
  [{ Records: [{ id: 1 }] }, "Records[0].id=7", { Records: [{ id: 7 }] }],
  [{ data: btoa('{"id":1}') }, "data.id=7", { data: btoa('{"id":7}') }],
  [{ a: 1 }, "a.b=2", { a: { b: 2 } }],
  ["text", "a=1", '{"a":1}'],
])("%j with %s", (event, text, result) => {
  expect(setPath(event, parseChange(text))).toEqual(result);
});

it("changes a copy", () => {
  const event = { a: { b: 1 } };
  setPath(event, { path: "a.b", value: 2 });
  expect(event).toEqual({ a: { b: 1 } });
});

it("refuses what is not path=value", () => {
  expect(() => parseChange("=7")).toThrow("Expected --set path=value");
});
