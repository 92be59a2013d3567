import { readFileSync } from "node:fs";
import { UserError } from "../errors.ts";
import type { AssemblyStack, Template } from "./assembly.ts";
import { RELEASE_METADATA_KEY, type ReleaseMetadata } from "./release-metadata.ts";

/** A stack's template: its text as it is uploaded, and the same parsed. */
export interface ReadTemplate {
  readonly text: string;
  readonly template: Template;
}

/** Reads the template of a stack of an assembly. */
export function readTemplate(stack: AssemblyStack): ReadTemplate {
  const text = readFileSync(stack.templatePath, "utf8");
  return { text, template: parseTemplate(text, stack.templatePath) };
}

/** Parses a template in JSON, as the CDK writes it. `name` is what an error calls it. */
export function parseTemplate(text: string, name: string): Template {
  try {
    return JSON.parse(text) as Template;
  } catch (cause) {
    throw new UserError("TemplateNotJson", `The template ${name} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** What the template says of its app's release; undefined where it has no part in one. */
export function releaseMetadataOf(template: Template): ReleaseMetadata | undefined {
  const metadata = template.Metadata?.[RELEASE_METADATA_KEY];
  if (metadata === undefined) return undefined;
  if (metadata.format !== 1) {
    throw new UserError(
      "ReleaseMetadataUnknown",
      `The template's ${RELEASE_METADATA_KEY} has format ${JSON.stringify(metadata.format)}; this tidegate reads format 1`,
      { fix: "Use one version of the tidegate package for the constructs and for the command." },
    );
  }
  return metadata;
}
