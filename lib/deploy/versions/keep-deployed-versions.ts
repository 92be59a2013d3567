import type { Template } from "../../assembly/assembly.ts";
import { parseTemplate, type ReadTemplate } from "../../assembly/read-template.ts";
import type { StackIdentity } from "../../template/scope.ts";
import { TemplateError } from "../../template/template-error.ts";
import { chosenSsmName, isLookedUp } from "../ssm-parameters.ts";
import { isSecret } from "../stage-material.ts";
import type { StackState } from "../stack-state.ts";
import type { StackView } from "../stack-view.ts";
import { keepVersions } from "./keep-versions.ts";
import { type KnownParameter, resolverOf } from "./template-values.ts";

/** What of a stack its versions are kept by. */
type ReadStack = Pick<StackView, "target" | "synthesized" | "deployedTemplate" | "ssmValues"> & {
  readonly state: StackState;
};

/**
 * The template that a stack comes to: see `keepVersions`. `given` are values for its parameters. A deployed template that
 * is not JSON has no version of ours; one that cannot be worked out keeps none.
 */
export function keepDeployedVersions(
  stack: ReadStack,
  given: Readonly<Record<string, string>>,
  isRefused: (path: string) => boolean,
): ReadTemplate {
  const { synthesized, deployedTemplate: text, state } = stack;
  if (text?.trimStart().startsWith("{") !== true || text === synthesized.text) return synthesized;
  const template = parseTemplate(text, `of ${state.stackName}`);
  const identity = identityOf(stack);
  try {
    const resolve = resolverOf(synthesized.template, nextParameters(stack, given), identity);
    const deployed = { template, resolve: resolverOf(template, presentParameters(template, state), identity) };
    return keepVersions({ synthesized, resolve, deployed, isRefused });
  } catch (error) {
    if (error instanceof TemplateError) return synthesized;
    throw error;
  }
}

function identityOf({ target, state }: ReadStack): StackIdentity {
  const { account, region } = target;
  return { account, region, stackId: state.stackId, stackName: state.stackName, notificationArns: [] };
}

/** The parameters as the deployed stack has them. */
function presentParameters(template: Template, { parameters, resolved = {} }: StackState): KnownParameter[] {
  return Object.entries(template.Parameters ?? {}).map(([key, declaration]) => {
    if (isSecret(declaration)) return { key };
    return { key, value: isLookedUp(template, key) ? resolved[key] : parameters[key] };
  });
}

/** The parameters as the update leaves them. */
function nextParameters(
  { synthesized: { template }, state, ssmValues }: ReadStack,
  given: Readonly<Record<string, string>>,
): KnownParameter[] {
  return Object.entries(template.Parameters ?? {}).map(([key, declaration]) => {
    if (isSecret(declaration)) return { key };
    if (isLookedUp(template, key)) {
      const name = chosenSsmName(template, given, key);
      return { key, value: name === undefined ? undefined : ssmValues?.get(name) };
    }
    const value = given[key] ?? state.parameters[key] ?? declaration.Default;
    return { key, value: value === undefined ? undefined : String(value) };
  });
}
