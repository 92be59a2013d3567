import type { Assembly, AssemblyStack } from "../assembly/assembly.ts";
import { UserError } from "../errors.ts";

/**
 * The stacks given by id, name or path, with everything that they depend on; all stacks when none is given. `*` matches
 * any run of characters.
 */
export function selectStacks(assembly: Assembly, wanted: readonly string[]): AssemblyStack[] {
  if (wanted.length === 0) return [...assembly.stacks];
  const chosen = new Set<string>();
  for (const pattern of wanted) {
    const found = assembly.stacks.filter((stack) => namesOf(stack).some((name) => matches(name, pattern)));
    if (found.length === 0) throw noSuchStack(assembly, pattern);
    for (const stack of found) addWithDependencies(assembly, stack, chosen);
  }
  return assembly.stacks.filter(({ id }) => chosen.has(id));
}

function namesOf(stack: AssemblyStack): string[] {
  return [stack.id, stack.stackName, stack.displayName];
}

/** Linear: the parts between the stars must follow each other. */
function matches(name: string, pattern: string): boolean {
  const parts = pattern.split("*");
  if (parts.length === 1) return name === pattern;
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from);
    if (at < 0 || at + part.length > name.length - last.length) return false;
    from = at + part.length;
  }
  return true;
}

function addWithDependencies(assembly: Assembly, stack: AssemblyStack, chosen: Set<string>): void {
  if (chosen.has(stack.id)) return;
  chosen.add(stack.id);
  for (const id of stack.dependsOn) {
    const dependency = assembly.stacks.find((other) => other.id === id);
    if (dependency !== undefined) addWithDependencies(assembly, dependency, chosen);
  }
}

function noSuchStack(assembly: Assembly, pattern: string): UserError {
  const names = assembly.stacks.map(({ displayName }) => displayName).join(", ");
  return new UserError(
    "UnknownStack",
    `No stack is called ${JSON.stringify(pattern)}; the app has ${names || "no stacks"}`,
    {
      fix: "Name one of these, or none to take them all.",
    },
  );
}
