import { expect, test } from "vitest";
import { assertionsByRoom, countFigures } from "./house-figures.ts";

const file = (text: string, path = "lib/x/y.ts") => ({ path, text });

test("assertions are counted, and `as const` and `satisfies` are not", () => {
  const text = "const a = b as C;\nconst d = e!.f;\nconst g = [1] as const;\nconst h = 1 satisfies number;\n";
  expect(countFigures(file(text))).toMatchObject({ lines: 4, assertions: 2 });
});

test("an export without a doc comment is named, and one overload's comment is enough", () => {
  const text = [
    "/** Says one. */",
    "export const one = 1;",
    "// Not a doc comment.",
    "export class Two {}",
    "/** Says three. */",
    "export function three(a: string): void;",
    "export function three(a: number): void;",
    "export function three(): void {}",
    "export interface Four {}",
    "const inner = 1;",
    "export { inner };",
  ].join("\n");
  expect(countFigures(file(text)).undocumented).toEqual(["lib/x/y.ts: Two", "lib/x/y.ts: Four"]);
});

test("assertions are counted by room, and by service in the local cloud", () => {
  const text = "a!;\nb;\n";
  const rooms = assertionsByRoom([
    file(text, "lib/deploy/expand/a.ts"),
    file(text, "lib/local/services/s3/b.ts"),
    file(text, "lib/local/kit/c.ts"),
    file(text, "lib/errors.ts"),
  ]);
  expect(Object.fromEntries(rooms)).toEqual({
    "lib/deploy": 500,
    "lib/local/services/s3": 500,
    "lib/local/kit": 500,
    lib: 500,
  });
});
