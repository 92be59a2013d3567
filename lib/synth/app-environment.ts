import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { LOCAL_ACCOUNT, LOCAL_STAGE, type Project, type StageSettings } from "./project.ts";

/** The environment variables that an app receives, the same as from the CDK's command line. */
export interface AppEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Removes what was written for the app. */
  readonly dispose: () => void;
}

/** What the environment is made of. */
export interface AppEnvironmentOptions {
  readonly project: Project;
  readonly stage: StageSettings;
  /** Absolute. */
  readonly output: string;
  /** Context values of the command line: they win. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** Version of the assembly's schema that `lib/assembly` was written against. */
const ASSEMBLY_VERSION = "55.0.0";
/** A single variable may have 131,072 bytes on Linux with its name (MAX_ARG_STRLEN); the rest goes through a file. */
const MAX_CONTEXT_BYTES = 100_000;

/** Makes the variables for an app. https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/lib/cxapi.ts */
export function appEnvironment(options: AppEnvironmentOptions): AppEnvironment {
  const { stage, output } = options;
  const account = stage.account ?? (stage.name === LOCAL_STAGE ? LOCAL_ACCOUNT : process.env["CDK_DEFAULT_ACCOUNT"]);
  const { variables, dispose } = contextVariables(appContext(options));
  return {
    variables: {
      CDK_OUTDIR: output,
      CDK_CLI_ASM_VERSION: ASSEMBLY_VERSION,
      CDK_DEFAULT_REGION: stage.region,
      ...(account === undefined ? {} : { CDK_DEFAULT_ACCOUNT: account }),
      ...variables,
    },
    dispose,
  };
}

function appContext({ project, stage, context }: AppEnvironmentOptions): Record<string, unknown> {
  const settings = readObject(join(project.folder, "cdk.json"));
  return {
    ...(readObject(join(homedir(), ".cdk.json"))["context"] as object | undefined),
    ...readObject(join(project.folder, "cdk.context.json")),
    ...project.context,
    ...context,
    "aws:cdk:enable-path-metadata": settings["pathMetadata"] ?? true,
    "aws:cdk:enable-asset-metadata": settings["assetMetadata"] ?? true,
    "aws:cdk:version-reporting": settings["versionReporting"] ?? true,
    ...(settings["versionReporting"] === false ? { "aws:cdk:disable-version-reporting": true } : {}),
    ...(settings["staging"] === false ? { "aws:cdk:disable-asset-staging": true } : {}),
    "aws:cdk:bundling-stacks": ["**"],
    "tidegate:stage": stage.name,
  };
}

function contextVariables(context: Record<string, unknown>): AppEnvironment {
  const text = JSON.stringify(context);
  if (Buffer.byteLength(text) <= MAX_CONTEXT_BYTES) {
    return { variables: { CDK_CONTEXT_JSON: text }, dispose: () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), "tidegate-context-"));
  const file = join(folder, "context.json");
  writeFileSync(file, text, { mode: 0o600 });
  return {
    variables: { CDK_CONTEXT_JSON: "{}", CONTEXT_OVERFLOW_LOCATION_ENV: file },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function readObject(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return {};
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")) as Record<string, unknown>;
  } catch (cause) {
    throw new UserError("ContextNotJson", `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
