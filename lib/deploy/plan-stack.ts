import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { AssemblyStack, Template } from "../assembly/assembly.ts";
import { parseTemplate, type ReadTemplate } from "../assembly/read-template.ts";
import { UserError } from "../errors.ts";
import { chosenSsmName, isLookedUp } from "./ssm-parameters.ts";
import { withoutPinDefaults } from "./pin-defaults.ts";
import type { StackState } from "./stack-state.ts";

/** What is to be done with one stack. */
export interface StackPlan {
  readonly stack: AssemblyStack;
  /** What is deployed: the synthesized template, or the expanded one of a stage. */
  readonly template: ReadTemplate;
  /** Whether `template` is as the assembly has it. */
  readonly isSynthesized: boolean;
  /** `recreate`: a first creation failed and left nothing but its name, so the stack is deleted first. */
  readonly action: "create" | "update" | "recreate" | "none";
  /** The value of every parameter that is passed; the others keep their previous or default value. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters that keep what they have. */
  readonly keptParameters: readonly string[];
  /** Holds a hash of the plan, so that a driver that is started again finds its own change set. */
  readonly changeSetName: string;
  /** Why there is something to do, in words. */
  readonly reasons: readonly string[];
}

/** What the plan of a stack is made from. */
export interface StackPlanInput {
  readonly stack: AssemblyStack;
  /** The template that the stage deploys. */
  readonly staged: ReadTemplate;
  /** The template as the assembly has it. */
  readonly synthesized: ReadTemplate;
  readonly state: StackState | undefined;
  /** The text of the template that is deployed. */
  readonly deployedTemplate: string | undefined;
  /** The present values of SSM parameters, by their names. @default - unknown */
  readonly ssmValues?: ReadonlyMap<string, string>;
  /** Values for parameters by name: what the user gave, and the pinned live versions. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The fencing number of the release: a stale driver's change set never looks like ours. */
  readonly fence: number;
}

const CREATION_FAILED = new Set(["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"]);
const READY_TO_UPDATE = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "IMPORT_COMPLETE",
  "IMPORT_ROLLBACK_COMPLETE",
]);

/** Decides what a stack needs. Throws a `UserError` for a stack whose status takes no update, or that is half deleted. */
export function planStack(input: StackPlanInput): StackPlan {
  const { stack, state, staged } = input;
  const { parameters, keptParameters } = chooseParameters(input);
  const isSynthesized = staged === input.synthesized;
  const name = changeSetName(input, parameters);
  const base = { stack, template: staged, isSynthesized, parameters, keptParameters, changeSetName: name };
  if (state === undefined || state.status === "REVIEW_IN_PROGRESS")
    return { ...base, action: "create", reasons: ["the stack is new"] };
  if (state.status === "DELETE_FAILED") throw refusesDeletion(stack, state);
  if (CREATION_FAILED.has(state.status)) {
    return { ...base, action: "recreate", reasons: [`its creation failed before (${state.status})`] };
  }
  if (!READY_TO_UPDATE.has(state.status)) throw refusesUpdate(stack, state);
  const reasons = findReasons(input, state, staged.template, parameters);
  return { ...base, action: reasons.length > 0 ? "update" : "none", reasons };
}

function chooseParameters({ staged, state, stack, parameters }: StackPlanInput) {
  const given: Record<string, string> = { ...stack.parameters, ...parameters };
  const declared = Object.keys(staged.template.Parameters ?? {});
  const chosen: Record<string, string> = {};
  const keptParameters: string[] = [];
  for (const name of declared) {
    if (given[name] !== undefined) chosen[name] = given[name];
    else if (state !== undefined && state.parameters[name] !== undefined && !isSsm(staged.template, name))
      keptParameters.push(name);
  }
  return { parameters: chosen, keptParameters };
}

function isSsm(template: Template, name: string): boolean {
  return template.Parameters?.[name]?.Type.startsWith("AWS::SSM::Parameter::") ?? false;
}

function findReasons(
  input: StackPlanInput,
  state: StackState,
  template: Template,
  parameters: Readonly<Record<string, string>>,
): string[] {
  const reasons: string[] = [];
  if (!isSameTemplate(input.staged, input.deployedTemplate)) reasons.push("the template differs");
  for (const [name, value] of Object.entries(parameters)) {
    if (!isSsm(template, name) && state.parameters[name] !== value) reasons.push(`the parameter ${name} differs`);
  }
  for (const name of Object.keys(template.Parameters ?? {}).filter((one) => isLookedUp(template, one))) {
    const difference = ssmDifference(input, state, name, chosenSsmName(template, parameters, name));
    if (difference !== undefined) reasons.push(`the value behind the SSM parameter ${name} ${difference}`);
  }
  if (!isDeepStrictEqual(sorted(state.tags), sorted(input.stack.tags))) reasons.push("the tags differ");
  return reasons;
}

/** CloudFormation looks the value up again at each update: where its present value is unknown, it may be another one. */
function ssmDifference(
  { ssmValues }: StackPlanInput,
  { parameters, resolved = {} }: StackState,
  name: string,
  ssmName: string | undefined,
): string | undefined {
  const present = ssmName === undefined ? undefined : ssmValues?.get(ssmName);
  if (present === undefined || resolved[name] === undefined) return "may differ";
  return parameters[name] === ssmName && resolved[name] === present ? undefined : "differs";
}

function isSameTemplate(staged: ReadTemplate, deployed: string | undefined): boolean {
  if (deployed === undefined) return false;
  if (staged.text === deployed) return true;
  try {
    return isDeepStrictEqual(comparable(staged.template), comparable(parseTemplate(deployed, "")));
  } catch {
    return false;
  }
}

/** An empty section says nothing: a contracted template leaves it out. Defaults of pins are not deployed. */
function comparable(template: Template): object {
  const isEmpty = (section: unknown) =>
    typeof section === "object" && section !== null && Object.keys(section).length === 0;
  return Object.fromEntries(Object.entries(withoutPinDefaults(template)).filter(([, section]) => !isEmpty(section)));
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function changeSetName(
  { staged, stack, state, fence }: StackPlanInput,
  parameters: Readonly<Record<string, string>>,
): string {
  const content = JSON.stringify([staged.text, sorted(parameters), sorted(stack.tags), state?.stackId ?? null]);
  return `tidegate-${fence}-${createHash("sha256").update(content).digest("hex").slice(0, 16)}`;
}

/** A deletion that failed may have left data behind: finishing it is a person's decision, never a deploy's. */
function refusesDeletion({ stackName, displayName }: AssemblyStack, { status, statusReason }: StackState): UserError {
  return new UserError(
    "StackHalfDeleted",
    `The stack ${stackName} (${displayName}) is ${status}${statusReason ? `: ${statusReason}` : ""}. A deletion removed part of it, and a deploy does not delete the rest`,
    {
      fix:
        `List what is left with \`aws cloudformation describe-stack-resources --stack-name ${stackName}\`. Remove what blocks the deletion ` +
        `and run \`tidegate destroy\`, or keep it with \`aws cloudformation delete-stack --stack-name ${stackName} --retain-resources ID…\`. Then deploy again.`,
    },
  );
}

function refusesUpdate(stack: AssemblyStack, state: StackState): UserError {
  const { status } = state;
  const inProgress = status.endsWith("_IN_PROGRESS");
  return new UserError(
    inProgress ? "StackBusy" : "StackStuck",
    `The stack ${stack.stackName} (${stack.displayName}) is ${status}${state.statusReason ? `: ${state.statusReason}` : ""}, and takes no update in that state`,
    {
      fix: inProgress
        ? "Wait until the operation under way has ended, then deploy again."
        : "Continue its rollback first: `aws cloudformation continue-update-rollback --stack-name " +
          stack.stackName +
          "`.",
    },
  );
}
