import { UserError } from "../errors.ts";
import type { AssemblyStack } from "./assembly.ts";

/** Dependencies first; otherwise in the order given. Throws a `UserError` that names the stacks of a circle. */
export function orderStacks(stacks: readonly AssemblyStack[]): AssemblyStack[] {
  const byId = new Map(stacks.map((stack) => [stack.id, stack]));
  const ordered = new Set<AssemblyStack>();
  const visit = (stack: AssemblyStack, trail: readonly AssemblyStack[]): void => {
    if (ordered.has(stack)) return;
    if (trail.includes(stack)) throw circle([...trail.slice(trail.indexOf(stack)), stack]);
    for (const id of stack.dependsOn) {
      const dependency = byId.get(id);
      if (dependency !== undefined) visit(dependency, [...trail, stack]);
    }
    ordered.add(stack);
  };
  for (const stack of stacks) visit(stack, []);
  return [...ordered];
}

function circle(trail: readonly AssemblyStack[]): UserError {
  const names = trail.map(({ displayName }) => displayName).join(" → ");
  return new UserError("StacksCircular", `The stacks depend on each other in a circle: ${names}`, {
    fix: "Take one of these references out, or move the resource that both need into a third stack.",
  });
}
