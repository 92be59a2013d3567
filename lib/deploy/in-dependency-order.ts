import type { StackPlan } from "./plan-stack.ts";

/**
 * Works on each plan once its dependencies are done; independent ones at the same time. After a failure nothing new
 * begins, work under way is awaited, and the first error is thrown.
 */
export async function inDependencyOrder(
  plans: readonly StackPlan[],
  work: (plan: StackPlan) => Promise<void>,
): Promise<void> {
  const begun = new Map<string, Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  for (const plan of plans) {
    const before = plan.stack.dependsOn.flatMap((id) => begun.get(id) ?? []);
    const run = async () => {
      await Promise.all(before);
      if (failure !== undefined) return;
      try {
        await work(plan);
      } catch (error) {
        failure ??= { error };
      }
    };
    begun.set(plan.stack.id, run());
  }
  await Promise.all(begun.values());
  if (failure !== undefined) throw failure.error;
}
