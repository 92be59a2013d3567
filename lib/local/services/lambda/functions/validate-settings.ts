import type { Input } from "../../../kit/operation-types.ts";
import { constraintProblem } from "../../../kit/constraint-text.ts";
import { AwsError } from "../../../aws-error.ts";
import { matches, patternProblem } from "./names.ts";
import { invalid, invalidParameter } from "../errors.ts";
import { judgeRuntime, VALID_RUNTIMES } from "./runtimes.ts";

type Settings = Partial<
  Pick<
    Input<"lambda", "CreateFunction"> & Input<"lambda", "UpdateFunctionConfiguration">,
    | "Runtime"
    | "Role"
    | "Handler"
    | "Description"
    | "Timeout"
    | "MemorySize"
    | "Environment"
    | "EphemeralStorage"
    | "SnapStart"
    | "TracingConfig"
    | "LoggingConfig"
  >
> & { Architectures?: readonly string[] };

const ROLE_PATTERN = String.raw`arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`;
const LARGEST_ENVIRONMENT_BYTES = 4096;
const LONGEST_DESCRIPTION = 256;
const LONGEST_HANDLER = 128;

/** Variables that AWS sets itself and that users cannot set. */
const RESERVED_VARIABLES = new Set([
  "_HANDLER",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SECRET_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/** Refuses settings that AWS refuses, in AWS's order: the model's constraints all together, then the rest one by one. */
export function validateSettings(settings: Settings): void {
  const problems = [
    ...rangeProblems(settings.MemorySize, "memorySize", 128, 10_240),
    ...rangeProblems(settings.Timeout, "timeout", 1, 900),
    ...rangeProblems(settings.EphemeralStorage?.Size, "ephemeralStorage.size", 512, 10_240),
    ...textProblems(settings),
    ...enumProblems(settings),
    ...variableNameProblems(settings.Environment?.Variables),
  ];
  if (problems.length > 0) throw invalid(problems);
  validateRuntime(settings.Runtime);
  validateEnvironment(settings.Environment?.Variables ?? {});
}

function rangeProblems(value: number | undefined, member: string, least: number, most: number): string[] {
  if (value === undefined) return [];
  if (value < least)
    return [constraintProblem(value, member, `Member must have value greater than or equal to ${least}`)];
  return value > most ? [constraintProblem(value, member, `Member must have value less than or equal to ${most}`)] : [];
}

function textProblems({ Role, Handler, Description }: Settings): string[] {
  const problems: string[] = [];
  if (Role !== undefined && !matches(Role, ROLE_PATTERN)) problems.push(patternProblem(Role, "role", ROLE_PATTERN));
  if (Handler !== undefined && Handler.length > LONGEST_HANDLER)
    problems.push(
      constraintProblem(Handler, "handler", `Member must have length less than or equal to ${LONGEST_HANDLER}`),
    );
  if (Handler !== undefined && !/^\S+$/.test(Handler))
    problems.push(patternProblem(Handler, "handler", String.raw`[^\s]+`));
  if (Description !== undefined && Description.length > LONGEST_DESCRIPTION)
    problems.push(
      constraintProblem(
        Description,
        "description",
        `Member must have length less than or equal to ${LONGEST_DESCRIPTION}`,
      ),
    );
  return problems;
}

function enumProblems(settings: Settings): string[] {
  const problems = [
    ...enumProblem(settings.SnapStart?.ApplyOn, "snapStart.applyOn", ["PublishedVersions", "None"]),
    ...enumProblem(settings.TracingConfig?.Mode, "tracingConfig.mode", ["Active", "PassThrough"]),
    ...enumProblem(settings.LoggingConfig?.LogFormat, "loggingConfig.logFormat", ["JSON", "Text"]),
  ];
  const { Architectures } = settings;
  const wrong = Architectures?.some((each) => each !== "x86_64" && each !== "arm64");
  if (wrong === true)
    problems.push(
      constraintProblem(
        `[${Architectures?.join(", ")}]`,
        "architectures",
        "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
      ),
    );
  else if (Architectures !== undefined && Architectures.length !== 1)
    problems.push(
      constraintProblem(
        `[${Architectures.join(", ")}]`,
        "architectures",
        "Member must have length less than or equal to 1",
      ),
    );
  return problems;
}

function enumProblem(value: string | undefined, member: string, allowed: readonly string[]): string[] {
  if (value === undefined || allowed.includes(value)) return [];
  return [constraintProblem(value, member, `Member must satisfy enum value set: [${allowed.join(", ")}]`)];
}

function variableNameProblems(variables: Readonly<Record<string, string>> | undefined): string[] {
  const bad = Object.keys(variables ?? {}).filter((name) => !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name));
  if (bad.length === 0) return [];
  const constraint =
    "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]";
  return [constraintProblem(`{${bad.map((name) => `${name}=***`).join(", ")}}`, "environment.variables", constraint)];
}

function validateRuntime(runtime: string | undefined): void {
  if (runtime === undefined) return;
  const verdict = judgeRuntime(runtime);
  if (verdict === "unknown")
    throw invalidParameter(
      `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: ${VALID_RUNTIMES} or be a valid ARN`,
    );
  if (verdict === "retired")
    throw invalidParameter(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  if (verdict === "not carried")
    throw new AwsError(
      "NotImplemented",
      `The local cloud does not run ${runtime} functions; it runs nodejs, python and provided ones.`,
      { statusCode: 501 },
    );
}

function validateEnvironment(variables: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.has(name));
  if (reserved.length > 0)
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  const text = JSON.stringify(variables);
  if (Buffer.byteLength(text) > LARGEST_ENVIRONMENT_BYTES)
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${text}`,
    );
}
