import type { AppStack } from "../app/app-resource.ts";
import type { Finding } from "./finding.ts";

interface Rule {
  readonly states: RegExp;
  readonly state: Finding["state"];
  readonly text: string;
  readonly fix: (stackName: string) => string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
const RULES: readonly Rule[] = [
  {
    states: /^UPDATE_ROLLBACK_FAILED$/,
    state: "problem",
    text: "its rollback failed, and no update is possible",
    fix: (name) => `aws cloudformation continue-update-rollback --stack-name ${name}`,
  },
  {
    states: /^(?:CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED)$/,
    state: "problem",
    text: "its creation failed",
    fix: () => "tidegate deploy",
  },
  {
    states: /^DELETE_FAILED$/,
    state: "problem",
    text: "it could not be deleted",
    fix: () => "tidegate destroy",
  },
  {
    states: /^REVIEW_IN_PROGRESS$/,
    state: "warning",
    text: "it has a change set that was never executed",
    fix: () => "tidegate deploy",
  },
  {
    states: /_IN_PROGRESS$/,
    state: "warning",
    text: "an operation is under way",
    fix: () => "tidegate status",
  },
];

/** What is wrong with the stacks of an app by their status. One finding where nothing is. */
export function stackFindings(stacks: readonly AppStack[], stage: string): Finding[] {
  const found = stacks.flatMap(({ path, stackName, state: { status } }): Finding[] => {
    const rule = RULES.find(({ states }) => states.test(status));
    if (rule === undefined) return [];
    const command = rule.fix(stackName);
    const fix = command.startsWith("tidegate ") && stage !== "local" ? `${command} --stage ${stage}` : command;
    return [{ check: "stacks", state: rule.state, text: `${path} is ${status}: ${rule.text}`, fix }];
  });
  if (found.length > 0) return found;
  const count = stacks.length === 1 ? "1 stack is" : `${stacks.length} stacks are`;
  return [{ check: "stacks", state: "ok", text: `${count} settled` }];
}
