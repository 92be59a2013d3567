import { GetParametersCommand } from "@aws-sdk/client-ssm";
import type { Template } from "../assembly/assembly.ts";
import type { Aws } from "../aws/aws.ts";

/** `GetParameters` takes ten names. */
const NAMES_AT_ONCE = 10;

/** Whether CloudFormation puts the value of an SSM parameter in place of a template's parameter. */
export function isLookedUp(template: Template, name: string): boolean {
  const { Type = "", Description = "" } = template.Parameters?.[name] ?? {};
  // The CDK marks the bootstrap's version so: it is looked at, and no resource depends on it.
  return Type.startsWith("AWS::SSM::Parameter::Value") && !Description.includes("[cdk:skip]");
}

/** The name of the SSM parameter that a template's parameter looks up. */
export function chosenSsmName(
  template: Template,
  given: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  const chosen = given[name] ?? template.Parameters?.[name]?.Default;
  return typeof chosen === "string" ? chosen : undefined;
}

/**
 * The present values of SSM parameters, by the names that they were asked for. One that does not exist or may not be read
 * is left out: whether it changed is found by the change set then.
 */
export async function readSsmValues(aws: Aws, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  if (names.length === 0) return values;
  const ssm = await aws.client("ssm");
  for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
    const Names = names.slice(from, from + NAMES_AT_ONCE);
    const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names })).catch(() => ({ Parameters: [] }));
    for (const { Name = "", Selector = "", Value } of Parameters)
      if (Value !== undefined) values.set(`${Name}${Selector}`, Value);
  }
  return values;
}
