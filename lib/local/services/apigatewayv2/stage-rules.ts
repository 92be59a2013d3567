import type { RouteSettings } from "@aws-sdk/client-apigatewayv2";
import { badRequest } from "./errors.ts";
import type { StageRecord } from "../../http-api/api-parts.ts";

/** Refuses a stage that API Gateway would refuse: its name, its variables, its throttling, its log. */
export function checkStage(stage: StageRecord, apiId: string): void {
  if (stage.StageName !== "$default" && !/^[A-Za-z0-9_-]{1,128}$/.test(stage.StageName))
    throw badRequest("Stage name only allows a-zA-Z0-9_-");
  for (const [name, value] of Object.entries(stage.StageVariables ?? {})) checkVariable(name, value);
  checkThrottling(stage.DefaultRouteSettings);
  for (const settings of Object.values(stage.RouteSettings ?? {})) checkThrottling(settings);
  if (stage.AccessLogSettings) checkAccessLog(stage, apiId);
}

function checkVariable(name: string, value: string): void {
  if (!/^[A-Za-z0-9_]+$/.test(name))
    throw badRequest(`Stage variable name must be alphanumeric and underscores only: ${name}`);
  if (!/^[A-Za-z0-9\-._~:/?#&=,]*$/.test(value))
    throw badRequest(`Stage variable value must match [A-Za-z0-9-._~:/?#&=,]+: ${name}`);
}

function checkThrottling(settings: RouteSettings | undefined): void {
  if ((settings?.ThrottlingBurstLimit ?? 0) < 0 || (settings?.ThrottlingRateLimit ?? 0) < 0)
    throw badRequest("Throttling limits must not be negative");
}

function checkAccessLog(stage: StageRecord, apiId: string): void {
  const { DestinationArn, Format } = stage.AccessLogSettings ?? {};
  if (!DestinationArn || !/^arn:[^:]+:logs:[^:]*:\d{12}:log-group:[^:]+(:\*)?$/.test(DestinationArn))
    throw badRequest(`Access log destination must be the ARN of a log group: ${DestinationArn} (API ${apiId})`);
  if (!Format || !/\$context\.(requestId|extendedRequestId)\b/.test(Format))
    throw badRequest("Access log format must include $context.requestId");
}
