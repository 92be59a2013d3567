import { brokenRules, type Rule } from "./problems.ts";
import type { StateMachineProps } from "./state-machine-props.ts";

const RULES: readonly Rule<StateMachineProps>[] = [
  {
    when: ({ logs, logRetention }) => logs?.destination !== undefined && logRetention !== undefined,
    message: () => "logRetention: 'logs.destination' has its own. Leave it out, or leave out 'logs.destination'.",
  },
];

/** What is wrong with a state machine, apart from its definition. */
export function stateMachineProblems(props: StateMachineProps): string[] {
  return brokenRules(props, RULES);
}
