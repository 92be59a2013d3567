import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticStructureSchema } from "@smithy/types";
import { expect, test } from "vitest";
import { FormDecoder } from "../../../lib/local/wire/form-decoder.ts";
import { buildFormTree } from "../../../lib/local/wire/form-tree.ts";

const TEXT = 0;
const ITEM: StaticStructureSchema = [3, "n", "Item", 0, ["Key", "Value"], [TEXT, TEXT]];
const FORM: StaticStructureSchema = [
  3,
  "n",
  "Form",
  0,
  ["Names", "Items", "Flat", "Map", "Count", "When"],
  [
    [1, "n", "Names", 0, TEXT],
    [1, "n", "Items", 0, () => ITEM],
    [[1, "n", "Flat", 0, [() => ITEM, { xmlName: "Item" }]], { xmlFlattened: 1, xmlName: "Item" }],
    [2, "n", "Map", 0, TEXT, TEXT],
    1,
    4,
  ],
];

function decode(query: string): unknown {
  return new FormDecoder("awsQuery").read(NormalizedSchema.of(FORM), buildFormTree(new URLSearchParams(query)));
}

test.each([
  ["Names.member.1=a&Names.member.2=b", { Names: ["a", "b"] }],
  ["Names.member.10=j&Names.member.2=b&Names.member.1=a", { Names: ["a", "b", "j"] }],
  ["Names=", { Names: [] }],
  ["Items.member.1.Key=k&Items.member.1.Value=a%26b%3D", { Items: [{ Key: "k", Value: "a&b=" }] }],
  ["Item.1.Key=k&Item.2.Key=l", { Flat: [{ Key: "k" }, { Key: "l" }] }],
  ["Map.entry.1.key=a&Map.entry.1.value=1&Map.entry.2.key=b&Map.entry.2.value=2", { Map: { a: "1", b: "2" } }],
  ["Count=42&When=2026-01-02T03%3A04%3A05Z", { Count: 42, When: new Date("2026-01-02T03:04:05Z") }],
  ["Unknown.1.2=x&Names.member.x=1", { Names: [] }],
])("reads %s", (query, expected) => {
  expect(decode(query)).toEqual(expected);
});

test("keeps keys of a prototype harmless", () => {
  const read = decode("Map.entry.1.key=__proto__&Map.entry.1.value=x&__proto__.polluted=1") as { Map: object };
  expect(Object.hasOwn(read.Map, "__proto__")).toBe(true);
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
});
