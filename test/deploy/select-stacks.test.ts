import { describe, expect, it } from "vitest";
import type { Assembly, AssemblyStack } from "../../lib/assembly/assembly.ts";
import { orderStacks } from "../../lib/assembly/order-stacks.ts";
import { selectStacks } from "../../lib/deploy/select-stacks.ts";

const stack = (id: string, dependsOn: string[] = []) =>
  ({ id, stackName: `${id}-name`, displayName: `App/${id}`, dependsOn }) as unknown as AssemblyStack;
const assembly: Assembly = { folder: "/x", stacks: [stack("Data"), stack("Api", ["Data"]), stack("Site")] };
const chosen = (...names: string[]) => selectStacks(assembly, names).map(({ id }) => id);

describe("choosing stacks", () => {
  it("takes all when none is named", () => expect(chosen()).toEqual(["Data", "Api", "Site"]));
  it("takes what a stack depends on along with it", () => expect(chosen("Api")).toEqual(["Data", "Api"]));
  it("finds a stack by id, name, path and pattern", () => {
    expect(chosen("Site-name")).toEqual(["Site"]);
    expect(chosen("App/Site")).toEqual(["Site"]);
    expect(chosen("App/S*e")).toEqual(["Site"]);
    expect(chosen("*")).toEqual(["Data", "Api", "Site"]);
  });
  it("fails when no stack has that name, and lists those there are", () => {
    expect(() => chosen("Apy")).toThrow('No stack is called "Apy"; the app has App/Data, App/Api, App/Site');
  });
});

describe("ordering stacks", () => {
  it("puts dependencies first", () => {
    const ids = orderStacks([stack("Api", ["Data"]), stack("Data")]).map(({ id }) => id);
    expect(ids).toEqual(["Data", "Api"]);
  });
  it("fails when stacks depend on each other in a circle, and names them", () => {
    const circle = [stack("A", ["B"]), stack("B", ["A"])];
    expect(() => orderStacks(circle)).toThrow("App/A → App/B → App/A");
  });
});
