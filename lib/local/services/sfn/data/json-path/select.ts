import type { Filter, Operand, ParsedPath, PathStep } from "./path-step.ts";
import { PathError } from "./path-text.ts";

/** How many values one path may look at: a document of 256 KiB has fewer, and `$..*..*` of a small one has more. */
const MAX_VISITS = 500_000;

/** Everything that a path leads to, in the document's order. Throws a `PathError` where it looks at too many values. */
export function select({ steps }: ParsedPath, root: unknown): unknown[] {
  return new Selection(root).follow(steps, [root]);
}

class Selection {
  readonly #root: unknown;
  #visits = 0;

  constructor(root: unknown) {
    this.#root = root;
  }

  follow(steps: readonly PathStep[], from: readonly unknown[]): unknown[] {
    let found = [...from];
    for (const step of steps) {
      const next: unknown[] = [];
      for (const value of found) this.#take(step, value, next);
      found = next;
    }
    return found;
  }

  #take(step: PathStep, value: unknown, into: unknown[]): void {
    this.#visit();
    switch (step.kind) {
      case "names":
        for (const name of step.names) this.#takeName(value, name, into);
        return;
      case "indexes":
        for (const index of step.indexes) takeIndex(value, index, into);
        return;
      case "slice":
        if (Array.isArray(value)) this.#takeAll(value.slice(step.from, step.to), into);
        return;
      case "all":
        return this.#takeAll(childrenOf(value), into);
      case "filter":
        for (const child of Array.isArray(value) ? childrenOf(value) : [value]) {
          if (this.#holds(step.filter, child)) into.push(child);
        }
        return;
      case "deep":
        return this.#takeDeep(value, into);
    }
  }

  /** A name does not apply to an array's items: Jayway needs `[*]` in between. */
  #takeName(value: unknown, name: string, into: unknown[]): void {
    if (isObject(value) && Object.hasOwn(value, name)) into.push(value[name]);
  }

  #takeAll(values: readonly unknown[], into: unknown[]): void {
    for (const each of values) {
      this.#visit();
      into.push(each);
    }
  }

  #takeDeep(value: unknown, into: unknown[]): void {
    this.#visit();
    into.push(value);
    // JSON of callers is at most 1,000 deep.
    for (const child of childrenOf(value)) this.#takeDeep(child, into);
  }

  #holds(filter: Filter, item: unknown): boolean {
    switch (filter.kind) {
      case "and":
        return filter.filters.every((each) => this.#holds(each, item));
      case "or":
        return filter.filters.some((each) => this.#holds(each, item));
      case "not":
        return !this.#holds(filter.filter, item);
      case "exists":
        return this.#valuesOf(filter.operand, item).length > 0;
      case "compare":
        return this.#compares(filter, item);
    }
  }

  #compares({ left, operator, right }: Extract<Filter, { kind: "compare" }>, item: unknown): boolean {
    const [one] = this.#valuesOf(left, item);
    const [other] = this.#valuesOf(right, item);
    return compare(one, operator, other);
  }

  #valuesOf(operand: Operand, item: unknown): unknown[] {
    if (operand.kind === "value") return [operand.value];
    return this.follow(operand.path.steps, [operand.from === "root" ? this.#root : item]);
  }

  #visit(): void {
    this.#visits++;
    if (this.#visits > MAX_VISITS) throw new PathError(`The path looks at more than ${MAX_VISITS} values`);
  }
}

function takeIndex(value: unknown, index: number, into: unknown[]): void {
  if (!Array.isArray(value)) return;
  const at = index < 0 ? value.length + index : index;
  if (at >= 0 && at < value.length) into.push(value[at]);
}

function compare(one: unknown, operator: string, other: unknown): boolean {
  switch (operator) {
    case "==":
      return isEqual(one, other);
    case "!=":
      return !isEqual(one, other);
    case "in":
      return Array.isArray(other) && other.some((each) => isEqual(one, each));
    case "nin":
      return Array.isArray(other) && !other.some((each) => isEqual(one, each));
    default:
      return isOrdered(one, operator, other);
  }
}

/** Only numbers and texts have an order, each among themselves. */
function isOrdered(one: unknown, operator: string, other: unknown): boolean {
  const numbers = typeof one === "number" && typeof other === "number" ? one - other : undefined;
  const texts =
    typeof one === "string" && typeof other === "string" ? (one < other ? -1 : Number(one > other)) : undefined;
  const order = numbers ?? texts;
  if (order === undefined) return false;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

function isEqual(one: unknown, other: unknown): boolean {
  return one === other || (isComposite(one) && isComposite(other) && JSON.stringify(one) === JSON.stringify(other));
}

function isComposite(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
