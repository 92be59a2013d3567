import type { FieldTest } from "./compile-pattern.ts";
import type { Scalar } from "./value-test.ts";

/** A level of a pattern: what its fields must be, and of which sets of alternatives one must hold. */
export interface PatternNode {
  readonly tests: Map<string, FieldTest>;
  readonly nodes: Map<string, PatternNode[]>;
  readonly ors: PatternNode[][];
  addTest(steps: readonly string[], test: FieldTest): void;
  addNode(steps: readonly string[], node: PatternNode): void;
}

export function buildNode(): PatternNode {
  const node: PatternNode = {
    tests: new Map(),
    nodes: new Map(),
    ors: [],
    addTest: (steps, test) => add(node, steps, (parent, name) => parent.tests.set(name, test)),
    addNode: (steps, child) => add(node, steps, (parent, name) => append(parent.nodes, name, child)),
  };
  return node;
}

/**
 * Whether a value fits. `all` are all the values at the same path: an event's lists hold several, and a field is absent
 * only where none of them has it. All that is asked below a list must hold for one and the same item.
 */
export function fits(node: PatternNode, value: unknown, all: readonly unknown[]): boolean {
  for (const [name, test] of node.tests) if (!fitsTest(test, fieldOf(value, name), name, all)) return false;
  for (const [name, children] of node.nodes) {
    const found = fieldOf(value, name);
    const items = itemsOf(found);
    const isAlone = all.length === 1 && all[0] === value;
    const everywhere = isAlone ? items : all.flatMap((each) => itemsOf(fieldOf(each, name)));
    for (const child of children) {
      if (
        items.length === 0 ? !fits(child, undefined, everywhere) : !items.some((item) => fits(child, item, everywhere))
      )
        return false;
    }
  }
  return node.ors.every((branches) => branches.some((branch) => fits(branch, value, all)));
}

/** A list, and lists in lists, are their items. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [value];
  return value.some(Array.isArray) ? (value.flat(Infinity) as unknown[]) : (value as unknown[]);
}

function fitsTest(test: FieldTest, found: unknown, name: string, all: readonly unknown[]): boolean {
  if (typeof found === "string" || typeof found === "number") return test.tests.some((each) => each(found));
  const values = scalarsOf(found);
  if (values.length > 0) return values.some((value) => test.tests.some((each) => each(value)));
  return test.mayBeAbsent && all.every((each) => scalarsOf(fieldOf(each, name)).length === 0);
}

function scalarsOf(value: unknown): readonly Scalar[] {
  return itemsOf(value).filter((item) => typeof item !== "object" || item === null) as Scalar[];
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function add(node: PatternNode, steps: readonly string[], put: (parent: PatternNode, name: string) => unknown): void {
  const [name = "", ...rest] = steps;
  if (rest.length === 0) {
    put(node, name);
    return;
  }
  const child = buildNode();
  append(node.nodes, name, child);
  add(child, rest, put);
}

function append<T>(map: Map<string, T[]>, name: string, value: T): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [value]);
  else list.push(value);
}
