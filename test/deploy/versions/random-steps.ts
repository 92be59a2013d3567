import { type Arbitrary, array, constantFrom, oneof, option, record, tuple } from "fast-check";
import { SHARED, type Shared, VALUES, type Value, type WantedApp, type WantedFunction } from "./random-app.ts";

/** How one function changes. Values move on by one or two places, so that every change is one. */
export type FunctionChange =
  | { readonly kind: "code" | "literal" | "memory"; readonly by: 1 | 2 }
  | { readonly kind: "use"; readonly name: Shared }
  | { readonly kind: "reserved" | "writing" }
  | { readonly kind: "presence" };

/** How the app changes in one deploy. */
export interface Step {
  readonly functions: readonly FunctionChange[];
  readonly shared: { readonly name: Shared; readonly by: 1 | 2 } | null;
}

const MEMORY = [128, 256, 512] as const;
const moves = constantFrom(1 as const, 2 as const);

const functionChange: Arbitrary<FunctionChange> = oneof(
  { weight: 9, arbitrary: record({ kind: constantFrom("code" as const, "literal", "memory"), by: moves }) },
  { weight: 9, arbitrary: record({ kind: constantFrom("use" as const), name: constantFrom(...SHARED) }) },
  { weight: 1, arbitrary: record({ kind: constantFrom("reserved" as const, "presence") }) },
  { weight: 4, arbitrary: record({ kind: constantFrom("writing" as const) }) },
);

/** Steps of an app: each function changes in each, and often something that they share. */
export function stepsOf(functions: number, length: number): Arbitrary<readonly Step[]> {
  const shared = option(record({ name: constantFrom(...SHARED), by: moves }), { freq: 3 });
  const each = tuple(...Array.from({ length: functions }, () => functionChange));
  return array(record({ functions: each, shared }), { minLength: length, maxLength: length });
}

/** The app after a step. */
export function applyStep(app: WantedApp, { functions, shared }: Step): WantedApp {
  return {
    functions: app.functions.map((wanted, index) => changed(wanted, index, functions[index])),
    shared:
      shared === null
        ? app.shared
        : { ...app.shared, [shared.name]: moved(VALUES, app.shared[shared.name], shared.by) },
  };
}

/** How many changes a step makes. */
export function changesOf({ functions, shared }: Step): number {
  return functions.length + (shared === null ? 0 : 1);
}

/** The first function never goes: a stack without an alias has no release. Any change brings one back that is gone. */
function changed(wanted: WantedFunction, index: number, change: FunctionChange | undefined): WantedFunction {
  if (change === undefined) return wanted;
  if (!wanted.isPresent) return { ...wanted, isPresent: true };
  switch (change.kind) {
    case "presence":
      return index === 0 ? { ...wanted, code: moved(VALUES, wanted.code, 1) } : { ...wanted, isPresent: false };
    case "code":
    case "literal":
      return { ...wanted, [change.kind]: moved(VALUES, wanted[change.kind], change.by) };
    case "memory":
      return { ...wanted, memory: moved(MEMORY, wanted.memory, change.by) };
    case "reserved":
      return { ...wanted, reserved: wanted.reserved === 5 ? 6 : 5 };
    case "writing":
      return { ...wanted, isParameter: !wanted.isParameter };
    case "use":
      return { ...wanted, uses: SHARED.filter((name) => (name === change.name) !== wanted.uses.includes(name)) };
  }
}

function moved<T extends Value | number>(values: readonly T[], from: T, by: number): T {
  return values[(values.indexOf(from) + by) % values.length] ?? from;
}
