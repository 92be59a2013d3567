import type { Checked } from "../../../kit/checked.ts";
import { RequestChecks } from "../../../kit/request-checks.ts";
import { notCarried } from "../../../kit/not-carried.ts";
import type { Target } from "@aws-sdk/client-eventbridge";
import { invalid } from "../errors.ts";
import { parseJsonPath } from "../targets/json-path.ts";
import { tryFindTemplateProblem } from "../targets/input-template.ts";
import { targetKind } from "../targets/target-kind.ts";

/** Targets to which EventBridge goes with a role of the rule's, as it has no policy of their own to lean on. */
const NEEDS_ROLE = new Set(["workflow", "stream", "api-destination"]);

/** Refuses a target that EventBridge would not take, or that is not supported. */
export function validateTarget(target: Checked<Target>): void {
  const arn = target.Arn ?? "";
  requireOneInput(target);
  if (!/^arn:[\w-]+:[\w-]+:[\w-]*:\d*:.+$/.test(arn))
    throw invalid("Parameter Arn is not valid. Reason: Provided Arn is not in correct format.");
  const kind = targetKind(arn);
  if (kind === undefined)
    throw notCarried(
      `the target ${arn}`,
      "Rules reach functions, queues, topics, state machines, Kinesis streams, log groups, event buses and API destinations.",
    );
  if (NEEDS_ROLE.has(kind) && target.RoleArn === undefined) throw invalid(`RoleArn is required for target ${arn}.`);
  if (kind === "queue" && arn.endsWith(".fifo") && target.SqsParameters?.MessageGroupId === undefined)
    throw invalid(`Parameter(s) SqsParameters must be specified for target: ${target.Id}.`);
  const path = target.KinesisParameters?.PartitionKeyPath;
  if (path !== undefined && parseJsonPath(path) === undefined)
    throw invalid(`Invalid PartitionKeyPath for target ${target.Id}.`);
  if (target.DeadLetterConfig?.Arn !== undefined && targetKind(target.DeadLetterConfig.Arn) !== "queue")
    throw invalid("Parameter DeadLetterConfig.Arn is not valid. Reason: Provided Arn is not an Amazon SQS queue.");
  new RequestChecks()
    .range("RetryPolicy.MaximumRetryAttempts", target.RetryPolicy?.MaximumRetryAttempts, 0, 185)
    .range("RetryPolicy.MaximumEventAgeInSeconds", target.RetryPolicy?.MaximumEventAgeInSeconds, 60, 86_400)
    .done();
}

function requireOneInput(target: Checked<Target>): void {
  const { Input, InputPath, InputTransformer, Id } = target;
  if ([Input, InputPath, InputTransformer].filter((each) => each !== undefined).length > 1)
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  if (Input !== undefined && !isJson(Input)) throw invalid(`JSON syntax error in input for target ${Id}.`);
  if (InputPath !== undefined && parseJsonPath(InputPath) === undefined)
    throw invalid(`Invalid JsonPath for target ${Id}.`);
  if (InputTransformer === undefined) return;
  for (const [name, path] of Object.entries(InputTransformer.InputPathsMap ?? {})) {
    if (parseJsonPath(path) === undefined) throw invalid(`Invalid InputPathsMap for target ${Id} : ${name}.`);
    if (name.toLowerCase().startsWith("aws"))
      throw invalid(`Invalid InputPathsMap for target ${Id} : ${name} begins with the reserved prefix AWS.`);
  }
  const problem = tryFindTemplateProblem(InputTransformer.InputTemplate ?? "");
  if (problem !== undefined) throw invalid(`Invalid InputTemplate for target ${Id} : ${problem}`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
