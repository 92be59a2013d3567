import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../bundle/file-hashes.ts";
import { writeAtomically } from "../bundle/write-atomically.ts";
import { readAssembly } from "../assembly/read-assembly.ts";
import { UserError } from "../errors.ts";
import { runApp, type SynthesiseOptions } from "./run-app.ts";

/** Something that aws-cdk-lib finds wrong with a template. */
export interface TemplateFinding {
  readonly severity: string;
  readonly rule: string;
  readonly description: string;
  readonly fix?: string;
  readonly constructPaths: readonly string[];
}

/** The feature flag with which findings are errors; without it, aws-cdk-lib warns of them. */
const STRICT_FLAG = "@aws-cdk/core:validateAgainstDefaultRules";
const REPORT = "validation-report.json";
const HARMLESS = new Set(["info", "informational", "debug"]);

/** True where findings must stop the app: wait for them before anything is changed. */
export function validationIsStrict({ project, context }: SynthesiseOptions): boolean {
  return String(context[STRICT_FLAG] ?? project.context[STRICT_FLAG]) === "true";
}

/**
 * Has aws-cdk-lib check the templates in `output`, which synthesis leaves out because it costs seconds and hundreds of
 * megabytes. Templates that differ only in the hashes of assets and versions are known to be as good as each other. The
 * app is run once more for it, so that what the app acknowledges and its own rules count. Findings go to the host.
 * Throws a `UserError` for errors where the app is strict.
 */
export async function validateTemplates(options: SynthesiseOptions): Promise<readonly TemplateFinding[]> {
  const findings = tryReadKnown(options) ?? (await checkAnew(options));
  const strict = validationIsStrict(options);
  for (const finding of findings) {
    if (!HARMLESS.has(finding.severity)) {
      options.host.notify({ code: "TemplateFinding", level: "warn", text: renderFinding(finding), data: finding });
    }
  }
  const errors = findings.filter(({ severity }) => severity === "error" || severity === "fatal");
  if (strict && errors.length > 0) {
    throw new UserError("TemplateInvalid", errors.map(renderFinding).join("\n"), {
      fix: "Correct the templates, or acknowledge what is meant to be so in the app.",
    });
  }
  return findings;
}

function renderFinding({ rule, description, fix, constructPaths }: TemplateFinding): string {
  const places = constructPaths.length === 0 ? "" : `${constructPaths.join(", ")}: `;
  return `${places}${description} (${rule})${fix === undefined ? "" : `. ${fix}`}`;
}

function tryReadKnown(options: SynthesiseOptions): TemplateFinding[] | undefined {
  try {
    return JSON.parse(readFileSync(recordPath(options), "utf8")) as TemplateFinding[];
  } catch {
    return undefined;
  }
}

async function checkAnew(options: SynthesiseOptions): Promise<TemplateFinding[]> {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-validation-"));
  try {
    const context = { ...options.context, "@aws-cdk/core:failSynthOnValidationErrors": false };
    await runApp({ ...options, context }, folder, {});
    const findings = readReport(join(folder, REPORT));
    const record = recordPath(options);
    mkdirSync(join(record, ".."), { recursive: true });
    writeAtomically(record, JSON.stringify(findings));
    return findings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly description: string;
      readonly severity: string;
      readonly suggestedFix?: string;
      readonly violatingConstructs: readonly { readonly constructPath?: string }[];
    }[];
  }[];
}

function readReport(path: string): TemplateFinding[] {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(path, "utf8")) as Report;
  } catch {
    // Older aws-cdk-lib checks nothing and writes no report.
    return [];
  }
  return report.pluginReports.flatMap(({ violations }) =>
    violations.map((violation) => ({
      severity: violation.severity,
      rule: violation.ruleName,
      description: violation.description,
      fix: violation.suggestedFix,
      constructPaths: violation.violatingConstructs.flatMap(({ constructPath }) => constructPath ?? []),
    })),
  );
}

function recordPath({ project, output, context, stage }: SynthesiseOptions): string {
  const templates = readAssembly(output).stacks.map(({ templatePath }) =>
    readFileSync(templatePath, "utf8")
      .replaceAll(/[0-9a-f]{64}/g, "<asset>")
      .replaceAll(/(Version[0-9A-F]{8})[0-9a-f]{16,32}/g, "$1<version>"),
  );
  const key = sha256(JSON.stringify([libraryVersion(project.folder), stage.name, context[STRICT_FLAG], templates]));
  return join(project.folder, ".tidegate", "cache", "validated", `${key}.json`);
}

function libraryVersion(projectFolder: string): string {
  try {
    const require = createRequire(join(projectFolder, "package.json"));
    return (require("aws-cdk-lib/package.json") as { version: string }).version;
  } catch {
    return "none";
  }
}
