import { requireValid } from "../../../kit/require-valid.ts";
import { randomUUID } from "node:crypto";
import type { ApiDestination } from "@aws-sdk/client-eventbridge";
import type { RequestContext } from "../../../service.ts";
import { findConnection } from "./connections.ts";
import { arnOf, keyOf, pageOf, type Events, type Input, type Output } from "../context.ts";
import type { ApiDestinationRecord } from "../records.ts";
import { alreadyExists, invalid, NAME_PATTERN, notFound } from "../errors.ts";

const METHODS = ["POST", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"];
const DEFAULT_RATE = 300;

/** Creates an API destination: an HTTP endpoint, called through a connection. */
export function createApiDestination(
  events: Events,
  input: Input<"CreateApiDestination">,
  context: RequestContext,
): Output<"CreateApiDestination"> {
  const name = input.Name ?? "";
  requireValid(
    { member: "name", value: input.Name, pattern: NAME_PATTERN, max: 64, min: 1, isRequired: true },
    { member: "connectionArn", value: input.ConnectionArn, min: 1, isRequired: true },
    { member: "httpMethod", value: input.HttpMethod, oneOf: METHODS, min: 1, isRequired: true },
  );
  requireEndpoint(input.InvocationEndpoint);
  requireConnection(events, context, input.ConnectionArn);
  if (events.destinations.get(keyOf(context, name)) !== undefined)
    throw alreadyExists(`An api-destination '${name}' already exists.`);
  const nowMs = events.cloud.clock.now();
  const record: ApiDestinationRecord = {
    name,
    region: context.region,
    id: randomUUID(),
    description: input.Description,
    connectionArn: input.ConnectionArn,
    endpoint: input.InvocationEndpoint,
    method: input.HttpMethod,
    ratePerSecond: input.InvocationRateLimitPerSecond ?? DEFAULT_RATE,
    createdMs: nowMs,
    modifiedMs: nowMs,
  };
  events.destinations.put(keyOf(context, name), record);
  return answerOf(events, record);
}

/** Changes an API destination's endpoint, method, connection or rate. */
export function updateApiDestination(
  events: Events,
  input: Input<"UpdateApiDestination">,
  context: RequestContext,
): Output<"UpdateApiDestination"> {
  requireValid({ member: "httpMethod", value: input.HttpMethod, oneOf: METHODS });
  const before = requireDestination(events, context, input.Name, "update");
  if (input.InvocationEndpoint !== undefined) requireEndpoint(input.InvocationEndpoint);
  if (input.ConnectionArn !== undefined) requireConnection(events, context, input.ConnectionArn);
  const record: ApiDestinationRecord = {
    ...before,
    description: input.Description ?? before.description,
    connectionArn: input.ConnectionArn ?? before.connectionArn,
    endpoint: input.InvocationEndpoint ?? before.endpoint,
    method: input.HttpMethod ?? before.method,
    ratePerSecond: input.InvocationRateLimitPerSecond ?? before.ratePerSecond,
    modifiedMs: events.cloud.clock.now(),
  };
  events.destinations.put(keyOf(context, record.name), record);
  return answerOf(events, record);
}

/** Returns an API destination. `ResourceNotFoundException` where there is none of this name. */
export function describeApiDestination(
  events: Events,
  input: Input<"DescribeApiDestination">,
  context: RequestContext,
): Output<"DescribeApiDestination"> {
  const record = requireDestination(events, context, input.Name, "describe");
  return { ...summaryOf(events, record), Description: record.description };
}

/** Lists API destinations by name prefix or connection, a page at a time. */
export function listApiDestinations(
  events: Events,
  input: Input<"ListApiDestinations">,
  context: RequestContext,
): Output<"ListApiDestinations"> {
  const all = events.destinations
    .list(keyOf(context, input.NamePrefix ?? ""))
    .map(([, record]) => record)
    .filter((record) => input.ConnectionArn === undefined || record.connectionArn === input.ConnectionArn);
  const { items, next } = pageOf(all, input);
  return { ApiDestinations: items.map((record) => summaryOf(events, record)), ...next };
}

/** Deletes an API destination. */
export function deleteApiDestination(
  events: Events,
  input: Input<"DeleteApiDestination">,
  context: RequestContext,
): object {
  const record = requireDestination(events, context, input.Name, "delete");
  events.destinations.delete(keyOf(context, record.name));
  return {};
}

function requireDestination(events: Events, context: RequestContext, name = "", verb: string): ApiDestinationRecord {
  const record = events.destinations.get(keyOf(context, name));
  if (record === undefined)
    throw notFound(`Failed to ${verb} the api-destination(s). An api-destination '${name}' does not exist.`);
  return record;
}

function requireConnection(events: Events, context: RequestContext, arn: string): void {
  if (findConnection(events, context.region, arn) === undefined)
    throw notFound(`Connection '${/:connection\/([^/]+)/.exec(arn)?.[1] ?? arn}' does not exist.`);
}

/** Beside `https:`, plain `http:` to this machine is taken, where one tries things out. */
function requireEndpoint(endpoint: string | undefined): void {
  const url = URL.parse((endpoint ?? "").replaceAll("*", "x"));
  const isLocal = url?.protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url?.protocol === "https:" || isLocal) return;
  throw invalid("Parameter InvocationEndpoint is not valid. Reason: It must be an HTTPS URL.");
}

function answerOf(events: Events, record: ApiDestinationRecord) {
  const isActive = findConnection(events, record.region, record.connectionArn)?.state === "AUTHORIZED";
  return {
    ApiDestinationArn: destinationArn(events, record),
    ApiDestinationState: isActive ? ("ACTIVE" as const) : ("INACTIVE" as const),
    CreationTime: new Date(record.createdMs),
    LastModifiedTime: new Date(record.modifiedMs),
  };
}

function summaryOf(events: Events, record: ApiDestinationRecord): ApiDestination {
  return {
    ...answerOf(events, record),
    Name: record.name,
    ConnectionArn: record.connectionArn,
    InvocationEndpoint: record.endpoint,
    HttpMethod: record.method as NonNullable<ApiDestination["HttpMethod"]>,
    InvocationRateLimitPerSecond: record.ratePerSecond,
  };
}

/** `arn:aws:events:<region>:<account>:api-destination/<name>/<id>`. */
export function destinationArn(events: Events, record: ApiDestinationRecord): string {
  return arnOf(events, record, `api-destination/${record.name}/${record.id}`);
}
