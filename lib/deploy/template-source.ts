import type { StackView } from "./stack-view.ts";
import { createHash } from "node:crypto";
import type { ReadTemplate } from "../assembly/read-template.ts";
import { TEMPLATE_LIMITS } from "../template/limits.ts";
import { expansionOf } from "./expand/expansion.ts";
import { deployedText } from "./pin-defaults.ts";
import type { StackPlan } from "./plan-stack.ts";
import type { AssetJob } from "./publish-assets.ts";
import { fillPlaceholders, type Target } from "./target.ts";

/** Where CloudFormation gets a template from. */
export type TemplateSource = { readonly TemplateBody: string } | { readonly TemplateURL: string };

/** Whether a template is small enough to go with the call. */
export function isInline({ text }: Pick<ReadTemplate, "text">): boolean {
  return Buffer.byteLength(text) <= TEMPLATE_LIMITS.sentBytes;
}

/** The template of a plan: with the call, or in S3, where publishing has put it. */
export function templateSource({ stack, template }: StackPlan, target: Target): TemplateSource {
  if (isInline(template) || stack.templateObjectUrl === undefined) return { TemplateBody: deployedText(template) };
  const isSynthesized = expansionOf(template.template) === undefined;
  const url = isSynthesized ? stack.templateObjectUrl : besideTemplate(stack.templateObjectUrl, template);
  return { TemplateURL: toHttps(url, target) };
}

/** Uploads an expanded template that is too large to go with the call: beside the synthesized one. */
export function stagedTemplateJobs({ stack, staged, desired, target }: StackView): AssetJob[] {
  if (staged === desired || isInline(staged)) return [];
  return stack.assets
    .filter(({ path }) => path === stack.templatePath)
    .flatMap((asset) =>
      asset.destinations.map((destination) => {
        const objectKey = besideTemplate(destination.objectKey, staged);
        return { asset, destination: { ...destination, objectKey }, target, content: staged.text };
      }),
    );
}

/** The address of a stack's synthesized template for CloudFormation, where it is an asset. */
export function synthesizedUrl({ stack, target }: Pick<StackView, "stack" | "target">): string | undefined {
  return stack.templateObjectUrl === undefined ? undefined : toHttps(stack.templateObjectUrl, target);
}

/** The same folder, with the content's hash as the name. */
function besideTemplate(key: string, { text }: Pick<ReadTemplate, "text">): string {
  const name = `${createHash("sha256").update(text).digest("hex")}.json`;
  return `${key.slice(0, key.lastIndexOf("/") + 1)}${name}`;
}

/** `s3://bucket/key` as CloudFormation takes it. */
function toHttps(url: string, target: Target): string {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(fillPlaceholders(url, target)) ?? [];
  const suffix = target.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://s3.${target.region}.${suffix}/${bucket}/${key}`;
}
