import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Token } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import {
  DefinitionBody,
  FileDefinitionBody,
  StateMachineType,
  StringDefinitionBody,
} from "aws-cdk-lib/aws-stepfunctions";
import { findAslProblems } from "../util/asl/find-problems.ts";
import { hasDistributedMap } from "./map-runs.ts";
import type { StateMachineProps } from "./state-machine-props.ts";

/** The template's definition where there is none: the problems keep it from being written. */
const EMPTY = DefinitionBody.fromString("{}");

/** A workflow as it is written into the template. */
interface ReadDefinition {
  readonly body: DefinitionBody;
  readonly problems: string[];
  /** It is text with a Map that runs executions of its own; for states in code, aws-cdk-lib grants the rights itself. */
  readonly runsMaps?: boolean;
}

type DefinitionSource = Pick<StateMachineProps, "definitionBody" | "definitionSubstitutions" | "stateMachineType">;

/**
 * Reads a workflow that is given as text or as a file and checks it; each problem has its JSON pointer. A file becomes a
 * part of the template, as text does: an asset would hide it from the checks of CloudFormation and of reviewers.
 */
export function readDefinition(source: DefinitionSource): ReadDefinition {
  const { definitionBody: body } = source;
  if (body === undefined) {
    const ways = "DefinitionBody.fromChainable, DefinitionBody.fromString or DefinitionBody.fromFile";
    return { body: EMPTY, problems: [`definitionBody: missing; give ${ways}`] };
  }
  if (body instanceof FileDefinitionBody)
    return readText(body.path, () => readFileSync(resolve(body.path), "utf8"), source);
  if (!(body instanceof StringDefinitionBody) || isOnlyToken(body.body)) return { body, problems: [] };
  return readText("definitionBody", () => body.body, source);
}

/** A text that only CloudFormation knows as a whole cannot be checked; JSON with tokens in its values can be. */
function isOnlyToken(text: string): boolean {
  return Token.isUnresolved(text) && !text.trimStart().startsWith("{");
}

function readText(name: string, read: () => string, source: DefinitionSource): ReadDefinition {
  const parsed = tryParse(name, read);
  if ("problem" in parsed) return { body: EMPTY, problems: [parsed.problem] };
  const kind = source.stateMachineType === StateMachineType.EXPRESS ? "EXPRESS" : "STANDARD";
  const checked = substituted(parsed.value, source.definitionSubstitutions ?? {});
  const problems = findAslProblems(checked, kind).map(
    ({ message, location }) => `${name}: ${message} (at ${location})`,
  );
  const body = DefinitionBody.fromString(JSON.stringify(parsed.value));
  return { body, problems, runsMaps: hasDistributedMap(parsed.value) };
}

function tryParse(name: string, read: () => string): { readonly value: unknown } | { readonly problem: string } {
  let text: string;
  try {
    text = read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      problem: `definitionBody: '${name}' cannot be read: ${reason}. Paths are relative to the project's folder.`,
    };
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `${name}: not valid JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The definition as it will be deployed; what only CloudFormation knows of it is taken as a function's ARN. */
function substituted(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{(\w+)\}/g, (placeholder, name: string) => {
      if (!Object.hasOwn(values, name)) return placeholder;
      return Token.isUnresolved(values[name]) ? SOME_FUNCTION : values[name]!;
    });
  }
  if (Array.isArray(value)) return value.map((item) => substituted(item, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, substituted(item, values)]));
}

const SOME_FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:some";

/**
 * The rights that a state machine needs for the delivery of its log. Log delivery has no resources:
 * https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
export function logDelivery(): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ],
    resources: ["*"],
  });
}
