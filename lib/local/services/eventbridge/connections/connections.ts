import type { Checked } from "../../../kit/checked.ts";
import { requireValid } from "../../../kit/require-valid.ts";
import { randomUUID } from "node:crypto";
import type { Connection, CreateConnectionAuthRequestParameters } from "@aws-sdk/client-eventbridge";
import { isAwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { buildSecret, withoutSecrets } from "./connection-secrets.ts";
import { arnOf, inRegion, keyOf, pageOf, type Events, type Input, type Output } from "../context.ts";
import type { ConnectionRecord } from "../records.ts";
import { alreadyExists, invalid, NAME_PATTERN, notFound } from "../errors.ts";

const TYPES = ["BASIC", "OAUTH_CLIENT_CREDENTIALS", "API_KEY"];
const PARAMETERS_OF = {
  BASIC: "BasicAuthParameters",
  API_KEY: "ApiKeyAuthParameters",
  OAUTH_CLIENT_CREDENTIALS: "OAuthParameters",
} as const;

/** Creates a connection; its credentials go to Secrets Manager and nowhere else. */
export async function createConnection(
  events: Events,
  input: Input<"CreateConnection">,
  context: RequestContext,
): Promise<Output<"CreateConnection">> {
  const name = input.Name ?? "";
  requireValid(
    { member: "name", value: input.Name, pattern: NAME_PATTERN, max: 64, min: 1, isRequired: true },
    { member: "authorizationType", value: input.AuthorizationType, oneOf: TYPES, min: 1, isRequired: true },
  );
  const authorizationType = input.AuthorizationType;
  const parameters = input.AuthParameters ?? {};
  requireParameters(authorizationType, parameters);
  if (events.connections.get(keyOf(context, name)) !== undefined)
    throw alreadyExists(`Connection ${name} already exists.`);
  const secret = await events.cloud.call(
    "secrets-manager",
    "CreateSecret",
    { Name: `events!connection/${name}/${randomUUID()}`, SecretString: JSON.stringify(buildSecret(parameters)) },
    inRegion(context.region),
  );
  const nowMs = events.cloud.clock.now();
  const record: ConnectionRecord = {
    name,
    region: context.region,
    id: randomUUID(),
    description: input.Description,
    authorizationType,
    parameters: withoutSecrets(parameters),
    secretArn: secret.ARN!,
    state: "AUTHORIZED",
    createdMs: nowMs,
    modifiedMs: nowMs,
    authorizedMs: nowMs,
  };
  events.connections.put(keyOf(context, name), record);
  const { LastAuthorizedTime: _, ...answer } = answerOf(events, record);
  return answer;
}

/** Changes a connection's description or authorization, and its secret. */
export async function updateConnection(
  events: Events,
  input: Input<"UpdateConnection">,
  context: RequestContext,
): Promise<Output<"UpdateConnection">> {
  requireValid({ member: "authorizationType", value: input.AuthorizationType, oneOf: TYPES });
  const before = requireConnection(events, context, input.Name, "update");
  const authorizationType = input.AuthorizationType ?? before.authorizationType;
  const parameters = input.AuthParameters as Checked<CreateConnectionAuthRequestParameters> | undefined;
  if (parameters !== undefined) {
    requireParameters(authorizationType, parameters);
    const SecretString = JSON.stringify(buildSecret(parameters));
    const secret = { SecretId: before.secretArn, SecretString };
    await events.cloud.call("secrets-manager", "PutSecretValue", secret, inRegion(context.region));
  }
  const nowMs = events.cloud.clock.now();
  const record: ConnectionRecord = {
    ...before,
    description: input.Description ?? before.description,
    authorizationType,
    ...(parameters !== undefined && { parameters: withoutSecrets(parameters), state: "AUTHORIZED" as const }),
    modifiedMs: nowMs,
    authorizedMs: nowMs,
  };
  events.connections.put(keyOf(context, record.name), record);
  return answerOf(events, record);
}

/** Removes a connection's credentials: it is `DEAUTHORIZED` and its secret is deleted. */
export async function deauthorizeConnection(
  events: Events,
  input: Input<"DeauthorizeConnection">,
  context: RequestContext,
): Promise<Output<"DeauthorizeConnection">> {
  const before = requireConnection(events, context, input.Name, "deauthorize");
  const emptied = { SecretId: before.secretArn, SecretString: "{}" };
  await events.cloud.call("secrets-manager", "PutSecretValue", emptied, inRegion(context.region));
  const record: ConnectionRecord = { ...before, state: "DEAUTHORIZED", modifiedMs: events.cloud.clock.now() };
  events.connections.put(keyOf(context, record.name), record);
  return { ...answerOf(events, record), ConnectionState: "DEAUTHORIZING" };
}

/** Deletes a connection and its secret. */
export async function deleteConnection(
  events: Events,
  input: Input<"DeleteConnection">,
  context: RequestContext,
): Promise<Output<"DeleteConnection">> {
  const record = requireConnection(events, context, input.Name, "delete");
  const secret = { SecretId: record.secretArn, ForceDeleteWithoutRecovery: true };
  await events.cloud.call("secrets-manager", "DeleteSecret", secret, inRegion(context.region)).catch((error) => {
    if (!isAwsError(error, "ResourceNotFoundException")) throw error;
  });
  events.connections.delete(keyOf(context, record.name));
  return { ...answerOf(events, record), ConnectionState: "DELETING" };
}

/** Returns a connection without its secret values. */
export function describeConnection(
  events: Events,
  input: Input<"DescribeConnection">,
  context: RequestContext,
): Output<"DescribeConnection"> {
  const record = requireConnection(events, context, input.Name, "describe");
  return {
    ...summaryOf(events, record),
    Description: record.description,
    SecretArn: record.secretArn,
    AuthParameters: record.parameters,
  };
}

/** Lists connections by name prefix or state, a page at a time. */
export function listConnections(
  events: Events,
  input: Input<"ListConnections">,
  context: RequestContext,
): Output<"ListConnections"> {
  const all = events.connections
    .list(keyOf(context, input.NamePrefix ?? ""))
    .map(([, record]) => record)
    .filter((record) => input.ConnectionState === undefined || record.state === input.ConnectionState);
  const { items, next } = pageOf(all, input);
  return { Connections: items.map((record) => summaryOf(events, record)), ...next };
}

/** `arn:aws:events:<region>:<account>:connection/<name>/<id>`. */
export function connectionArn(events: Events, record: ConnectionRecord): string {
  return arnOf(events, record, `connection/${record.name}/${record.id}`);
}

/** A connection by the name in its ARN; undefined where there is none. */
export function findConnection(events: Events, region: string, arn: string): ConnectionRecord | undefined {
  const name = /:connection\/([^/]+)/.exec(arn)?.[1] ?? "";
  return events.connections.get(keyOf({ region }, name));
}

function requireConnection(events: Events, context: RequestContext, name = "", verb: string): ConnectionRecord {
  const record = events.connections.get(keyOf(context, name));
  if (record === undefined) throw notFound(`Failed to ${verb} the connection(s). Connection '${name}' does not exist.`);
  return record;
}

function requireParameters(
  type: ConnectionRecord["authorizationType"],
  parameters: Checked<CreateConnectionAuthRequestParameters>,
): void {
  const name = PARAMETERS_OF[type];
  if (parameters[name] === undefined)
    throw invalid(`Parameter AuthParameters is not valid. Reason: ${name} must be provided for ${type}.`);
}

function answerOf(events: Events, record: ConnectionRecord) {
  return {
    ConnectionArn: connectionArn(events, record),
    ConnectionState: record.state,
    CreationTime: new Date(record.createdMs),
    LastModifiedTime: new Date(record.modifiedMs),
    LastAuthorizedTime: new Date(record.authorizedMs),
  };
}

function summaryOf(events: Events, record: ConnectionRecord): Connection {
  return { ...answerOf(events, record), Name: record.name, AuthorizationType: record.authorizationType };
}
