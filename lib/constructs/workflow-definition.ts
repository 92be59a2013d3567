import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Token } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { DefinitionBody, type IChainable, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { findAslProblems } from "../util/asl/find-problems.ts";
import { hasDistributedMap } from "./map-runs.ts";

/** Where a workflow is written down. */
export interface DefinitionSource {
  readonly definition?: IChainable;
  readonly asl?: object;
  readonly file?: string;
  readonly substitutions?: Readonly<Record<string, string>>;
  readonly type?: StateMachineType;
}

/** What is in the template when the definition cannot be: the problems keep it from being written. */
const NOTHING = DefinitionBody.fromString("{}");

/** A workflow as it goes into the template. */
interface ReadDefinition {
  readonly body: DefinitionBody;
  readonly problems: string[];
  /** It is text with a Map that runs executions of its own; of `definition`, aws-cdk-lib sees to these itself. */
  readonly runsMaps?: boolean;
}

/** Reads a workflow from where it is given, and tells what is wrong with it, each with its JSON pointer. */
export function readDefinition(source: DefinitionSource): ReadDefinition {
  const { definition, asl, file, type } = source;
  const given = [definition, asl, file].filter((one) => one !== undefined);
  if (given.length !== 1) {
    return { body: NOTHING, problems: [`give exactly one of definition, asl and file; ${given.length} were given`] };
  }
  if (definition !== undefined) return { body: DefinitionBody.fromChainable(definition), problems: [] };
  const read = asl === undefined ? readFile(file!) : { value: asl };
  if ("problem" in read) return { body: NOTHING, problems: [read.problem] };
  const kind = type === StateMachineType.EXPRESS ? "EXPRESS" : "STANDARD";
  const name = file ?? "asl";
  const checked = substituted(read.value, source.substitutions ?? {});
  const problems = findAslProblems(checked, kind).map(
    ({ message, location }) => `${name}: ${message} (at ${location})`,
  );
  const runsMaps = hasDistributedMap(read.value);
  return { body: DefinitionBody.fromString(JSON.stringify(read.value)), problems, runsMaps };
}

/** The definition as it will be deployed; what only CloudFormation knows of it stands for a function. */
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

function readFile(file: string): { value: unknown } | { problem: string } {
  const path = resolve(file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return {
      problem: `file: '${file}' cannot be read: ${(error as Error).message}. Paths are relative to the project's folder.`,
    };
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: `file: '${file}' is no JSON: ${(error as Error).message}` };
  }
}

/**
 * What a state machine needs to have its log delivered. Log delivery knows no resources:
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
