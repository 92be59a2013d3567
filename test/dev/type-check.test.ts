import { describe, expect, it } from "vitest";
import { readTypeProblems } from "../../lib/dev/type-check.ts";

describe("the compiler's output", () => {
  it("is read line by line, errors only", () => {
    const output = [
      "functions/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
      "  Some more words of the same error.",
      "Found 1 error.",
    ].join("\r\n");
    expect(readTypeProblems(output)).toEqual([
      { file: "functions/a.ts", line: 3, column: 7, text: "TS2322: Type 'string' is not assignable to type 'number'." },
    ]);
  });
});
