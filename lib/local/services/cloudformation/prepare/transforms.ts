import { isObject } from "../../../../template/is-object.ts";
import type { TemplatePath } from "../../../../template/references.ts";
import { AwsError } from "../../../aws-error.ts";
import { expandLanguageExtensions } from "../../../../template/language-extensions.ts";
import type { StackParameter } from "../../../../template/parameters.ts";
import type { RawTemplate } from "../../../../template/parse.ts";
import type { StackIdentity } from "../../../../template/scope.ts";
import { buildTemplate, type Template } from "../../../../template/template.ts";

const CARRIED = "AWS::LanguageExtensions";

/** Applies the template's transforms, those that are carried; undefined where there are none. */
export async function applyTransforms(
  raw: RawTemplate,
  settle: (template: Template) => Promise<StackParameter[]>,
  identity: StackIdentity,
): Promise<RawTemplate | undefined> {
  if (raw.Transform === undefined) return undefined;
  const { Transform: _done, ...rest } = raw;
  const parameters = await settle(buildTemplate(rest));
  return expandLanguageExtensions(rest, parameters, identity);
}

/** Refuses transforms that are not supported, by name: those of the whole template, and those called inside it. */
export function checkTransforms(raw: RawTemplate): void {
  const declared: unknown[] = Array.isArray(raw.Transform) ? raw.Transform : [raw.Transform ?? []].flat();
  const foreign = declared.map(nameOf).find((name) => name !== CARRIED);
  if (foreign !== undefined) throw notFound(foreign, `The local cloud supports ${CARRIED} only`);
  const inline = findInline(raw, []);
  if (inline === undefined) return;
  throw notFound(
    inline.name,
    `Fn::Transform at /${inline.path.join("/")} calls it, and the local cloud supports none there`,
  );
}

/**
 * A template with transforms that goes to a stack without a change set for review needs a capability.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 */
export function checkExpansionAcknowledged(raw: RawTemplate, capabilities: readonly string[]): void {
  if (raw.Transform === undefined || capabilities.includes("CAPABILITY_AUTO_EXPAND")) return;
  throw new AwsError("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_AUTO_EXPAND]");
}

function notFound(name: string, why: string): AwsError {
  const message = `No transform named ${name} found. ${why}. Deploy the template that the transform makes (CDK apps do).`;
  return new AwsError("ValidationError", message);
}

function nameOf(transform: unknown): string {
  return isObject(transform) ? String(transform.Name) : String(transform);
}

function findInline(value: unknown, path: TemplatePath): { name: string; path: TemplatePath } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isObject(value) && Object.hasOwn(value, "Fn::Transform")) return { name: nameOf(value["Fn::Transform"]), path };
  for (const [key, item] of Object.entries(value)) {
    const found = findInline(item, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
