import type { StackView } from "./stack-view.ts";
import { createHash } from "node:crypto";
import type { ReadTemplate } from "../assembly/read-template.ts";
import { TEMPLATE_LIMITS } from "../template/limits.ts";
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
export function templateSource({ stack, template, isSynthesized }: StackPlan, target: Target): TemplateSource {
  if (isInline(template) || stack.templateObjectUrl === undefined) return { TemplateBody: deployedText(template) };
  const url = isSynthesized ? stack.templateObjectUrl : besideTemplate(stack.templateObjectUrl, template);
  return { TemplateURL: toHttps(url, target) };
}

/** Uploads what is too large to go with the call and is not the synthesized template: beside that one. */
export function stagedTemplateJobs({ stack, staged, desired, synthesized, target }: StackView): AssetJob[] {
  const others = [...new Set([staged, desired])].filter((one) => one !== synthesized && !isInline(one));
  const templates = stack.assets.filter(({ path }) => path === stack.templatePath);
  return others.flatMap((one) =>
    templates.flatMap((asset) =>
      asset.destinations.map((destination) => {
        const objectKey = besideTemplate(destination.objectKey, one);
        return { asset, destination: { ...destination, objectKey }, target, content: one.text };
      }),
    ),
  );
}

/** The address of the template that a stack comes to, for CloudFormation, where it is an asset. */
export function desiredUrl({
  stack,
  target,
  desired,
  synthesized,
}: Pick<StackView, "stack" | "target" | "desired" | "synthesized">): string | undefined {
  const { templateObjectUrl: url } = stack;
  if (url === undefined) return undefined;
  return toHttps(desired === synthesized ? url : besideTemplate(url, desired), target);
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
