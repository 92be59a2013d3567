import type { StateExit } from "./scope.ts";
import type { AslBranch } from "../../../../util/asl/definition.ts";
import type { Frame, Run } from "./run.ts";
import { runState } from "./run-state.ts";
import { runtimeError } from "./states-error.ts";

/** Runs the states of a branch from the first to the last and answers its output. */
export async function runBranch(run: Run, branch: AslBranch, input: unknown, frame: Frame): Promise<unknown> {
  let name = branch.StartAt;
  let value = input;
  for (let visit = 0; ; visit++) {
    const key = `${frame.path}/${visit}`;
    const state = branch.States[name];
    if (state === undefined) throw runtimeError(`There is no state '${name}'`);
    const exit =
      run.journal.recall<StateExit>(key)?.value ??
      run.journal.record(key, await runState({ run, name, state, input: value, frame, key }));
    frame.last = exit.last;
    Object.assign(frame.variables, exit.assigned);
    value = exit.output;
    if (exit.next === undefined) return value;
    name = exit.next;
    // A loop of states that wait for nothing must let the others have their turn.
    if (visit % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
    run.signal.throwIfAborted();
  }
}
