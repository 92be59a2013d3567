import type { Scalar, ValueTest } from "./value-test.ts";

/** What one field must be. */
export interface FieldTest {
  readonly tests: readonly ValueTest[];
  /** That there is no such field is an alternative. */
  readonly mayBeAbsent: boolean;
  /** The strings that the field may be, where nothing else will do. */
  readonly exactly: readonly string[] | undefined;
}

/** A level of a pattern: what its fields must be, and of which sets of alternatives one must hold. */
export interface PatternNode {
  readonly tests: Map<string, FieldTest>;
  readonly nodes: Map<string, PatternNode[]>;
  readonly ors: PatternNode[][];
  addTest(steps: readonly string[], test: FieldTest): void;
  addNode(steps: readonly string[], node: PatternNode): void;
}

/** An empty node of the tree of patterns. */
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
 * Whether a value matches. `level` holds all the values at the same path: an event's lists hold several, and a field is
 * absent only where none of them has it. All conditions below a list must hold for one and the same item.
 */
export function fits(node: PatternNode, value: unknown, level: EventLevel): boolean {
  for (const [name, test] of node.tests) if (!fitsTest(test, fieldOf(value, name), name, level)) return false;
  for (const [name, children] of node.nodes) {
    const items = itemsOf(fieldOf(value, name));
    const below = level.below(name);
    for (const child of children) {
      if (items.length === 0 ? !fits(child, undefined, below) : !items.some((item) => fits(child, item, below)))
        return false;
    }
  }
  return node.ors.every((branches) => branches.some((branch) => fits(branch, value, level)));
}

/**
 * All the values of an event at one path. The values below are collected once for each name, however many items of a
 * list need them, so that matching takes time in proportion to the event.
 */
export class EventLevel {
  readonly #values: readonly unknown[];
  readonly #below = new Map<string, EventLevel>();
  readonly #present = new Map<string, boolean>();

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  /** The values one step further down. */
  below(name: string): EventLevel {
    const known = this.#below.get(name);
    if (known !== undefined) return known;
    const made = new EventLevel(this.#values.flatMap((each) => itemsOf(fieldOf(each, name))));
    this.#below.set(name, made);
    return made;
  }

  /** Whether some value here has the field, with something else than an object in it. */
  has(name: string): boolean {
    const known = this.#present.get(name) ?? this.#values.some((each) => scalarsOf(fieldOf(each, name)).length > 0);
    this.#present.set(name, known);
    return known;
  }
}

/** A list, and lists in lists, are their items. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [value];
  return value.some(Array.isArray) ? (value.flat(Infinity) as unknown[]) : (value as unknown[]);
}

function fitsTest(test: FieldTest, found: unknown, name: string, level: EventLevel): boolean {
  if (typeof found === "string" || typeof found === "number") return test.tests.some((each) => each(found));
  const values = scalarsOf(found);
  if (values.length > 0) return values.some((value) => test.tests.some((each) => each(value)));
  return test.mayBeAbsent && !level.has(name);
}

function scalarsOf(value: unknown): readonly Scalar[] {
  return itemsOf(value).filter((item) => typeof item !== "object" || item === null) as Scalar[];
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function add(node: PatternNode, steps: readonly string[], put: (parent: PatternNode, name: string) => unknown): void {
  let parent = node;
  for (const name of steps.slice(0, -1)) {
    const child = buildNode();
    append(parent.nodes, name, child);
    parent = child;
  }
  put(parent, steps.at(-1) ?? "");
}

function append<T>(map: Map<string, T[]>, name: string, value: T): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [value]);
  else list.push(value);
}
