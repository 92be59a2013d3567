import type { Filter, SecretListEntry } from "@aws-sdk/client-secrets-manager";
import { isAwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { describeValue, getSecretValue, selectVersion } from "./secret-values.ts";
import { listSecretRecords, requireAnySecret, type Input, type Output, type Secrets } from "./context.ts";
import { invalidParameter, pageOf } from "./errors.ts";
import type { SecretRecord } from "./secret-record.ts";

/** Returns a secret without its values, also one that is scheduled for deletion. */
export function describeSecret(
  secrets: Secrets,
  input: Input<"DescribeSecret">,
  context: RequestContext,
): Output<"DescribeSecret"> {
  const record = requireAnySecret(secrets, context, input.SecretId);
  const stages = stagesByVersion(record);
  return { ...describe(record), ...(stages ? { VersionIdsToStages: stages } : {}) };
}

/** Lists secrets by filters, newest first, a page at a time. */
export function listSecrets(
  secrets: Secrets,
  input: Input<"ListSecrets">,
  context: RequestContext,
): Output<"ListSecrets"> {
  const found = listSecretRecords(secrets, context)
    .filter((record) => input.IncludePlannedDeletion || record.deletion === undefined)
    .filter((record) => (input.Filters ?? []).every((filter) => fits(record, filter)))
    .sort((a, b) => (input.SortOrder === "desc" ? b.createdMs - a.createdMs : a.createdMs - b.createdMs));
  const page = pageOf(found, input.MaxResults ?? 100, input.NextToken);
  return { SecretList: page.items.map(describeListed), ...page.next };
}

/** Lists a secret's versions with their staging labels, a page at a time. */
export function listSecretVersionIds(
  secrets: Secrets,
  input: Input<"ListSecretVersionIds">,
  context: RequestContext,
): Output<"ListSecretVersionIds"> {
  const record = requireAnySecret(secrets, context, input.SecretId);
  const versions = record.versions.filter(({ stages }) => input.IncludeDeprecated || stages.length > 0);
  const page = pageOf(versions, input.MaxResults ?? 100, input.NextToken);
  return {
    ARN: record.arn,
    Name: record.name,
    Versions: page.items.map((version) => ({
      VersionId: version.id,
      ...(version.stages.length > 0 ? { VersionStages: [...version.stages] } : {}),
      CreatedDate: new Date(version.createdMs),
      ...(version.accessedMs === undefined ? {} : { LastAccessedDate: new Date(version.accessedMs) }),
      KmsKeyIds: [record.kmsKeyId ?? "DefaultEncryptionKey"],
    })),
    ...page.next,
  };
}

/** Returns the values of up to 20 secrets. Those that are refused come back with their errors. */
export function batchGetSecretValue(
  secrets: Secrets,
  input: Input<"BatchGetSecretValue">,
  context: RequestContext,
): Output<"BatchGetSecretValue"> {
  const { SecretIdList: ids, Filters: filters } = input;
  if ((ids === undefined) === (filters === undefined)) {
    throw invalidParameter("You must include either Filters or SecretIdList, but not both.");
  }
  if (filters) {
    const found = listSecretRecords(secrets, context).filter(
      (record) => record.deletion === undefined && filters.every((filter) => fits(record, filter)),
    );
    const page = pageOf(found, input.MaxResults ?? 100, input.NextToken);
    const SecretValues = page.items.map((record) => describeValue(secrets, record, selectVersion(record, {})));
    return { SecretValues, Errors: [], ...page.next };
  }
  const answer = { SecretValues: [], Errors: [] } as Required<
    Pick<Output<"BatchGetSecretValue">, "SecretValues" | "Errors">
  >;
  for (const SecretId of ids!) {
    try {
      answer.SecretValues.push(getSecretValue(secrets, { SecretId }, context));
    } catch (error) {
      if (!isAwsError(error)) throw error;
      answer.Errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
    }
  }
  return answer;
}

/** What descriptions and lists both tell. */
function describe(record: SecretRecord): SecretListEntry {
  return {
    ARN: record.arn,
    Name: record.name,
    ...((record.description ?? "") === "" ? {} : { Description: record.description }),
    ...(record.kmsKeyId === undefined ? {} : { KmsKeyId: record.kmsKeyId }),
    LastChangedDate: new Date(record.changedMs),
    ...(record.accessedMs === undefined ? {} : { LastAccessedDate: new Date(record.accessedMs) }),
    ...(record.deletion === undefined ? {} : { DeletedDate: new Date(record.deletion.markedMs) }),
    ...(record.tags.length > 0 ? { Tags: [...record.tags] } : {}),
    CreatedDate: new Date(record.createdMs),
  };
}

function describeListed(record: SecretRecord): SecretListEntry {
  const stages = stagesByVersion(record);
  return { ...describe(record), ...(stages ? { SecretVersionsToStages: stages } : {}) };
}

function stagesByVersion({ versions }: SecretRecord): Record<string, string[]> | undefined {
  const staged = versions.filter(({ stages }) => stages.length > 0);
  return staged.length === 0 ? undefined : Object.fromEntries(staged.map(({ id, stages }) => [id, [...stages]]));
}

/** Values of a filter are alternatives; each is a beginning, and `!` before it turns it round. */
function fits(record: SecretRecord, { Key: key, Values: values = [] }: Filter): boolean {
  const texts = textsOf(record, key);
  const begins = (value: string) => texts.some((text) => text.toLowerCase().startsWith(value.toLowerCase()));
  return values.some((value) => (value.startsWith("!") ? !begins(value.slice(1)) : begins(value)));
}

function textsOf(record: SecretRecord, key: Filter["Key"]): string[] {
  const keys = record.tags.map((tag) => tag.Key ?? "");
  const values = record.tags.map((tag) => tag.Value ?? "");
  const words = (record.description ?? "").split(/\s+/);
  switch (key) {
    case "name":
      return [record.name];
    case "description":
      return words;
    case "tag-key":
      return keys;
    case "tag-value":
      return values;
    case "all":
      return [record.name, ...words, ...keys, ...values];
    default:
      return [];
  }
}
