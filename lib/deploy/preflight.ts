import { statSync } from "node:fs";
import type { AssemblyStack, Template } from "../assembly/assembly.ts";
import type { ReadTemplate } from "../assembly/read-template.ts";
import { UserError } from "../errors.ts";

/** Something that would fail later, found before anything was touched. */
export interface Problem {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly text: string;
}

/** CloudFormation's quotas. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const QUOTAS = { templateBytes: 1_000_000, resources: 500, parameters: 200, outputs: 200, mappings: 200 };
const WARN_AT = 0.9;

/** Checks a stack against what can be known without a call. */
export function checkStack(stack: AssemblyStack, { text, template }: ReadTemplate): Problem[] {
  return [...checkQuotas(stack, text, template), ...checkAssets(stack), ...checkUnbuildable(stack)];
}

function checkQuotas(stack: AssemblyStack, text: string, template: Template): Problem[] {
  const counts = {
    templateBytes: Buffer.byteLength(text),
    resources: Object.keys(template.Resources ?? {}).length,
    parameters: Object.keys(template.Parameters ?? {}).length,
    outputs: Object.keys(template.Outputs ?? {}).length,
    mappings: Object.keys((template as { Mappings?: object }).Mappings ?? {}).length,
  };
  return (Object.keys(QUOTAS) as (keyof typeof QUOTAS)[]).flatMap((name): Problem[] => {
    const [count, quota] = [counts[name], QUOTAS[name]];
    if (count <= quota * WARN_AT) return [];
    const noun = name === "templateBytes" ? "bytes of template" : name;
    return [
      {
        code: count > quota ? "QuotaExceeded" : "QuotaNear",
        severity: count > quota ? "error" : "warning",
        text: `The stack ${stack.displayName} has ${count} ${noun}; CloudFormation takes ${quota}. Largest: ${largest(stack, template)}. Move some of it to another stack.`,
      },
    ];
  });
}

function largest(stack: AssemblyStack, template: Template): string {
  const sizes = new Map<string, number>();
  for (const [id, resource] of Object.entries(template.Resources ?? {})) {
    const path = stack.origins.get(id)?.constructPath.split("/").slice(0, 2).join("/") ?? id;
    sizes.set(path, (sizes.get(path) ?? 0) + Buffer.byteLength(JSON.stringify(resource)));
  }
  const top = [...sizes].toSorted(([, a], [, b]) => b - a).slice(0, 5);
  return top.map(([path, bytes]) => `${path} (${bytes} bytes)`).join(", ");
}

function checkAssets(stack: AssemblyStack): Problem[] {
  return stack.assets.flatMap((asset): Problem[] => {
    const found = statSync(asset.path, { throwIfNoEntry: false });
    const wanted = asset.packaging === "zip" ? "folder" : "file";
    if (wanted === "folder" ? found?.isDirectory() : found?.isFile()) return [];
    const text = `The asset ${asset.displayName} of ${stack.displayName} should be a ${wanted} at ${asset.path}, and is not. Run \`tidegate synth\` again.`;
    return [{ code: "AssetMissing", severity: "error", text }];
  });
}

function checkUnbuildable(stack: AssemblyStack): Problem[] {
  const images = stack.dockerImages.map((name): Problem => ({
    code: "DockerImage",
    severity: "error",
    text: `${stack.displayName} needs the Docker image ${name} built, which this deployer does not do. Build and push it yourself and refer to it by its tag or digest, or deploy this stack with \`cdk deploy\`.`,
  }));
  const lookups = stack.missingContext.map((key): Problem => ({
    code: "ContextMissing",
    severity: "error",
    text: `${stack.displayName} needs the looked-up value ${key}, which is not in cdk.context.json. Run \`cdk synth\` once, which looks it up, and keep the file.`,
  }));
  return [...images, ...lookups];
}

/** Throws one `UserError` that lists all the errors; returns the warnings. */
export function refuseProblems(problems: readonly Problem[]): Problem[] {
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    const list = errors.map(({ code, text }) => `  ${code}: ${text}`).join("\n");
    throw new UserError(
      "PreflightFailed",
      `${errors.length === 1 ? "One problem blocks" : `${errors.length} problems block`} the deploy:\n${list}`,
      {
        fix: "Nothing was touched. Correct what is listed and deploy again.",
      },
    );
  }
  return problems.filter(({ severity }) => severity === "warning");
}
