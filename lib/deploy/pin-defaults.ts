import type { Template } from "../assembly/assembly.ts";
import { type ReadTemplate, releaseMetadataOf } from "../assembly/read-template.ts";

/**
 * The template without defaults for its pins. The synthesized one has them, so that any tool can make the stack. In the
 * deployed one they would do harm: an update that leaves a pin out would take the default, and move all traffic to the
 * newest version. Without a default, CloudFormation refuses such an update. Returns the template itself where it has none.
 */
export function withoutPinDefaults(template: Template): Template {
  const pins = (releaseMetadataOf(template)?.members ?? []).map(({ parameter }) => parameter);
  const parameters = { ...template.Parameters };
  let hasDefaults = false;
  for (const name of pins) {
    const { Default: value, ...declaration } = parameters[name] ?? { Type: "String" };
    if (parameters[name] === undefined || value === undefined) continue;
    hasDefaults = true;
    parameters[name] = declaration;
  }
  return hasDefaults ? { ...template, Parameters: parameters } : template;
}

/** The text of a template as it goes to CloudFormation with a call. */
export function deployedText({ text, template }: ReadTemplate): string {
  const bare = withoutPinDefaults(template);
  return bare === template ? text : JSON.stringify(bare);
}
