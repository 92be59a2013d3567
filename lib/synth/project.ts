import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { tryFindNearestName } from "../util/nearest-name.ts";

/** Where a stage is deployed: an entry of `context.tidegate.stages` in `cdk.json`. */
export interface StageSettings {
  readonly name: string;
  /** The account it must be; any by default. */
  readonly account?: string;
  readonly region: string;
  /** A profile of the shared AWS configuration. */
  readonly profile?: string;
  /** An endpoint other than AWS's own. */
  readonly endpoint?: string;
  /** Needs `--yes`, or confirmation on a terminal. */
  readonly protected: boolean;
}

/** What `cdk.json` says, read and checked. */
export interface Project {
  /** The folder of `cdk.json`. Absolute. */
  readonly folder: string;
  /** The command that runs the app. */
  readonly app: string;
  /** The assembly's folder. Absolute. */
  readonly output: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly stages: ReadonlyMap<string, StageSettings>;
}

/** The stage that always exists: the local cloud. */
export const LOCAL_STAGE = "local";

/** The local cloud's account. */
export const LOCAL_ACCOUNT = "000000000000";

const STAGE_NAME = /^[a-zA-Z][a-zA-Z0-9-]{0,31}$/;
const STAGE_KEYS = new Set(["account", "region", "profile", "endpoint", "protected", "development"]);
const SWITCHES = new Set(["protected", "development"]);

/** Those of `context.tidegate`. */
const SETTINGS = ["app", "stages", "iam"];

/** Reads `cdk.json` in `folder` or the nearest folder above. Throws a `UserError` for a missing or a wrong one. */
export function readProject(folder: string, environment: NodeJS.ProcessEnv): Project {
  const home = findProjectFolder(folder);
  const path = join(home, "cdk.json");
  const file = parseProjectFile(path);
  if (typeof file["app"] !== "string" || file["app"].trim() === "") {
    throw new UserError("AppCommandMissing", `${path} has no \`app\`: the command that runs the CDK app`, {
      fix: 'Add for example "app": "node bin/app.ts".',
    });
  }
  const context = asRecord(file["context"] ?? {}, `${path}: context`);
  const settings = asRecord(context["tidegate"] ?? {}, `${path}: context.tidegate`);
  refuseUnknownSettings(settings, path);
  return {
    folder: home,
    app: file["app"],
    output: resolve(home, typeof file["output"] === "string" ? file["output"] : "cdk.out"),
    context,
    stages: readStages(asRecord(settings["stages"] ?? {}, `${path}: context.tidegate.stages`), path, environment),
  };
}

/** The settings of a stage. Throws a `UserError` that lists the stages there are. */
export function stageOf(project: Project, name: string): StageSettings {
  const stage = project.stages.get(name);
  if (stage !== undefined) return stage;
  throw new UserError(
    "UnknownStage",
    `There is no stage ${JSON.stringify(name)}; there are: ${[...project.stages.keys()].join(", ")}`,
    {
      fix: `Name one of these, or add it to cdk.json: { "context": { "tidegate": { "stages": { ${JSON.stringify(name)}: { "region": "eu-central-1" } } } } }`,
    },
  );
}

/** The nearest folder with a `cdk.json`, from `start` upwards. Undefined where there is none. */
export function tryFindProjectFolder(start: string): string | undefined {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "cdk.json"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function findProjectFolder(start: string): string {
  const folder = tryFindProjectFolder(start);
  if (folder !== undefined) return folder;
  throw new UserError("ProjectMissing", `There is no cdk.json in ${resolve(start)}, nor in a folder above it`, {
    fix: "Go to the app's folder, or make one: a cdk.json with the command that runs your CDK app as its `app`.",
  });
}

function parseProjectFile(path: string): Record<string, unknown> {
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  try {
    return asRecord(JSON.parse(text), path);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError("ProjectNotJson", `${path} is not JSON: ${(cause as Error).message}`, {
      cause,
      fix: 'Write for example { "app": "node bin/app.ts" }.',
    });
  }
}

function readStages(
  given: Record<string, unknown>,
  path: string,
  environment: NodeJS.ProcessEnv,
): Map<string, StageSettings> {
  const region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const stages = new Map<string, StageSettings>([[LOCAL_STAGE, { name: LOCAL_STAGE, region, protected: false }]]);
  for (const [name, value] of Object.entries(given)) {
    const where = `${path}: context.tidegate.stages.${name}`;
    const stage = asRecord(value, where);
    checkStage(name, stage, where);
    stages.set(name, { region, protected: false, ...stage, name });
  }
  return stages;
}

function refuseUnknownSettings(settings: Record<string, unknown>, path: string): void {
  const wrong = Object.keys(settings).find((key) => !SETTINGS.includes(key));
  if (wrong === undefined) return;
  const nearest = tryFindNearestName(wrong, SETTINGS);
  const fix = nearest === undefined ? `There are ${SETTINGS.join(", ")}.` : `Did you mean "${nearest}"?`;
  throw new UserError("ProjectWrong", `${path}: context.tidegate has no setting ${JSON.stringify(wrong)}`, { fix });
}

function checkStage(name: string, stage: Record<string, unknown>, where: string): void {
  const wrong: string[] = [];
  if (!STAGE_NAME.test(name))
    wrong.push("a stage's name is 1 to 32 letters, digits and hyphens, and begins with a letter");
  for (const [key, value] of Object.entries(stage)) {
    if (!STAGE_KEYS.has(key)) wrong.push(`${JSON.stringify(key)} is not among ${[...STAGE_KEYS].join(", ")}`);
    else if (SWITCHES.has(key) ? typeof value !== "boolean" : typeof value !== "string") {
      wrong.push(`${key} is ${JSON.stringify(value)}, and must be ${SWITCHES.has(key) ? "true or false" : "text"}`);
    }
  }
  if (typeof stage["account"] === "string" && !/^\d{12}$/.test(stage["account"]))
    wrong.push("account must have twelve digits");
  if (wrong.length > 0) throw new UserError("StageWrong", `${where}: ${wrong.join("; ")}`);
}

function asRecord(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UserError("ProjectWrong", `${where} must be an object, and is ${JSON.stringify(value)}`);
}
