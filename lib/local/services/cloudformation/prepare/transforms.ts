import { AwsError } from "../../../aws-error.ts";
import type { Cloud } from "../../../service.ts";
import type { StackRecord } from "../model.ts";
import type { StackParameter } from "../template/parameters.ts";
import type { RawTemplate } from "../template/parse.ts";
import { buildTemplate, type Template } from "../template/template.ts";
import { expandLanguageExtensions } from "../template/language-extensions.ts";

/** Who asks for the transforms. */
export interface TransformContext {
  readonly cloud: Cloud;
  readonly stack: StackRecord;
}

/** Applies the template's transforms, those that are carried; undefined where there are none. */
export async function applyTransforms(
  raw: RawTemplate,
  settle: (template: Template) => Promise<StackParameter[]>,
  context: TransformContext,
): Promise<RawTemplate | undefined> {
  const declared = raw.Transform === undefined ? [] : Array.isArray(raw.Transform) ? raw.Transform : [raw.Transform];
  if (declared.length === 0) return undefined;
  for (const transform of declared) {
    if (transform === "AWS::LanguageExtensions") continue;
    const name = typeof transform === "string" ? transform : String((transform as { Name?: string }).Name);
    throw new AwsError(
      "ValidationError",
      `No transform named ${name} found. The local cloud carries AWS::LanguageExtensions only: give it the template that the transform makes (CDK apps do).`,
    );
  }
  const { Transform: _done, ...rest } = raw;
  const parameters = await settle(buildTemplate(rest));
  return expandLanguageExtensions(rest, parameters, context);
}
