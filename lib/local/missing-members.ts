import { AwsError } from "./aws-error.ts";
import type { MissingMembersQuirk } from "./wire/check-input.ts";

/** Of SQS: the first member only, by its own name; a batch without entries is an empty one. */
export const sqsMissing: MissingMembersQuirk = (_operation, [first]) =>
  first?.name === "Entries"
    ? emptyBatch()
    : new AwsError("MissingRequiredParameterException", `The request must contain the parameter ${first?.name}.`, {
        queryCode: "MissingParameter",
      });

function emptyBatch(): AwsError {
  return new AwsError("EmptyBatchRequest", "There should be at least one SendMessageBatchRequestEntry in the request.");
}

/** Of CloudWatch: the first member only, as `MetricData.member.1.MetricName`. */
export const cloudwatchMissing: MissingMembersQuirk = (_operation, [first]) =>
  new AwsError("MissingRequiredParameterException", `The parameter ${formPath(first?.path ?? "")} is required.`, {
    queryCode: "MissingParameter",
  });

/** `metricData.1.member.metricName` as a form writes it: `MetricData.member.1.MetricName`. */
function formPath(path: string): string {
  return path
    .replaceAll(/(\d+)\.member/g, "member.$1")
    .split(".")
    .map((part) => (part === "member" ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join(".");
}

/** Of DynamoDB: it looks for a table's name before anything else where it makes one. */
export const dynamodbMissing: MissingMembersQuirk = (operation, missing) =>
  operation === "CreateTable" && missing.some(({ path }) => path === "tableName")
    ? new AwsError("ValidationException", "The parameter 'TableName' is required but was not present in the request")
    : undefined;
