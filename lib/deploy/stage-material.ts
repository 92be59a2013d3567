import type { StackView } from "./stack-view.ts";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AssemblyStack, TemplateParameter } from "../assembly/assembly.ts";
import { RemoteError } from "../errors.ts";

/**
 * The material that a stage was planned from, as it is stored beside the journal: a deployer that resumes the release
 * stages exactly this.
 */
export interface StageMaterial {
  readonly format: 1;
  readonly stacks: readonly KeptStack[];
  /** Values that were given by hand, without those of parameters with `NoEcho`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of parameters that were given by hand, and are secret: the values are not kept. */
  readonly secrets: readonly string[];
}

/** A stack of the assembly, with the text of its template. Paths of assets are those of the machine that planned. */
interface KeptStack extends Omit<AssemblyStack, "origins"> {
  readonly origins: readonly (readonly [string, { readonly constructPath: string; readonly source?: string }])[];
  readonly templateText: string;
}

/** Writes down what is about to be staged. */
export function renderStageMaterial(
  views: readonly Pick<StackView, "stack" | "synthesized">[],
  parameters: Readonly<Record<string, string>>,
): string {
  const declared = views.flatMap(({ synthesized }) => Object.entries(synthesized.template.Parameters ?? {}));
  const secrets = declared.filter(([name, one]) => name in parameters && isSecret(one)).map(([name]) => name);
  const material: StageMaterial = {
    format: 1,
    stacks: views.map(({ stack, synthesized }) => ({
      ...stack,
      origins: [...stack.origins],
      templateText: synthesized.text,
    })),
    parameters: Object.fromEntries(Object.entries(parameters).filter(([name]) => !secrets.includes(name))),
    secrets,
  };
  return JSON.stringify(material);
}

/** Whether CloudFormation hides the values of a parameter. */
export function isSecret(parameter: TemplateParameter): boolean {
  return "NoEcho" in parameter && String(parameter.NoEcho) === "true";
}

/** Reads what was kept. Throws where it is of another format, or where a secret value would be missing. */
export function parseStageMaterial(text: string, release: string): StageMaterial {
  const material = JSON.parse(text) as StageMaterial;
  const fix = "Run `deploy` from the sources with all `--parameters`, or give the release up with `rollback`.";
  if (material.format !== 1) {
    const given = JSON.stringify(material.format);
    throw new RemoteError("StageMaterialUnknown", `The plan of release ${release} has format ${given}, not 1.`, {
      fix,
    });
  }
  if (material.secrets.length === 0) return material;
  const names = material.secrets.join(", ");
  const message = `Release ${release} was planned with secret parameters whose values are not kept: ${names}.`;
  throw new RemoteError("StageSecretsNotKept", message, { fix });
}

/** The stacks as they were planned; their templates are written to a folder of their own. */
export function restoreStacks({ stacks }: StageMaterial): AssemblyStack[] {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-stage-"));
  return stacks.map(({ templateText, origins, ...stack }, index) => {
    const templatePath = join(folder, `${index}.template.json`);
    writeFileSync(templatePath, templateText);
    const assets = stack.assets.map((asset) =>
      asset.path === stack.templatePath ? { ...asset, path: templatePath } : asset,
    );
    return { ...stack, templatePath, assets, origins: new Map(origins) };
  });
}
