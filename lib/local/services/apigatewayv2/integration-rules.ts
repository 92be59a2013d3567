import { notCarried } from "../../kit/not-carried.ts";
import { parseParameterMapping } from "./parameter-mapping-key.ts";
import { badRequest } from "./errors.ts";
import type { IntegrationRecord } from "../../http-api/api-parts.ts";

/** Refuses what API Gateway refuses of an HTTP API's integration, and by name what this cloud does not support. */
export function checkIntegration(integration: IntegrationRecord): void {
  const type = integration.IntegrationType;
  if (type !== "AWS_PROXY" && type !== "HTTP_PROXY")
    throw badRequest(`Invalid integration type ${type}. HTTP APIs support AWS_PROXY and HTTP_PROXY`);
  if (integration.IntegrationSubtype !== undefined)
    throw notCarried(
      `the integration subtype ${integration.IntegrationSubtype}`,
      "Integrate a Lambda function (IntegrationType AWS_PROXY without a subtype) that calls the service.",
    );
  if (integration.ConnectionType === "VPC_LINK")
    throw notCarried("VPC links", "Use ConnectionType INTERNET with a URL that this machine can reach.");
  checkTimeout(integration.TimeoutInMillis);
  if (type === "AWS_PROXY") checkLambda(integration);
  else checkHttp(integration);
  checkParameters(integration);
}

function checkTimeout(timeoutMs: number | undefined): void {
  if (timeoutMs !== undefined && (timeoutMs < 50 || timeoutMs > 30_000))
    throw badRequest("Timeout should be between 50 ms and 30000 ms");
}

function checkLambda(integration: IntegrationRecord): void {
  const version = integration.PayloadFormatVersion;
  if (version === undefined) throw badRequest("PayloadFormatVersion is a required parameter for integration");
  if (version !== "1.0" && version !== "2.0")
    throw badRequest(`Invalid PayloadFormatVersion ${version}. Supported values are 1.0 and 2.0`);
  if (!integration.IntegrationUri?.startsWith("arn:"))
    throw badRequest(`Invalid Integration URI specified: ${integration.IntegrationUri}`);
}

function checkHttp(integration: IntegrationRecord): void {
  if (integration.PayloadFormatVersion !== undefined && integration.PayloadFormatVersion !== "1.0")
    throw badRequest("PayloadFormatVersion of HTTP_PROXY integrations must be 1.0");
  if (integration.IntegrationMethod === undefined)
    throw badRequest("HttpMethod must be specified for HTTP_PROXY integrations");
  if (!/^https?:\/\/./.test(integration.IntegrationUri ?? ""))
    throw badRequest("HTTP integration must have a valid URI that starts with http:// or https://");
}

function checkParameters(integration: IntegrationRecord): void {
  for (const key of Object.keys(integration.RequestParameters ?? {})) parseParameterMapping(key, "request");
  for (const [status, mappings] of Object.entries(integration.ResponseParameters ?? {})) {
    if (!/^[2-5]\d\d$/.test(status)) throw badRequest(`Invalid status code ${status} in response parameters`);
    for (const key of Object.keys(mappings)) parseParameterMapping(key, "response");
  }
}
