import type { Checked } from "../../../kit/checked.ts";
import type { CORSRule } from "@aws-sdk/client-s3";
import type { IncomingMessage } from "node:http";
import { matchesWildcards } from "../../../../util/match-wildcards.ts";
import { hostResource } from "../../../wire/host-label.ts";
import type { S3 } from "../context.ts";

/**
 * The headers by which a bucket's CORS configuration lets a web page make this request, or its preflight; undefined
 * where it does not. Recorded from AWS.
 */
export function corsHeaders(
  s3: S3,
  { headers, method = "GET" }: IncomingMessage,
  url: URL,
): Record<string, string> | undefined {
  const { origin } = headers;
  const bucket = hostResource(url.host, "s3") ?? url.pathname.split("/")[1] ?? "";
  const rules = s3.settings.get(bucket, "cors")?.CORSRules;
  if (origin === undefined || rules === undefined) return undefined;
  const asked = {
    origin,
    method: headers["access-control-request-method"] ?? method,
    headers: readList(headers["access-control-request-headers"]),
  };
  const rule = rules.find((each) => allows(each, asked));
  return rule && describe(rule, asked);
}

/** What a page would do. */
interface Asked {
  readonly origin: string;
  readonly method: string;
  /** In lower case. */
  readonly headers: readonly string[];
}

function allows(rule: Checked<CORSRule>, { origin, method, headers }: Asked): boolean {
  const allowed = (rule.AllowedHeaders ?? []).map((name) => name.toLowerCase());
  return (
    rule.AllowedMethods.includes(method) &&
    rule.AllowedOrigins.some((pattern) => matchesWildcards(pattern, origin)) &&
    headers.every((name) => allowed.some((pattern) => matchesWildcards(pattern, name)))
  );
}

function describe(rule: Checked<CORSRule>, { origin, headers }: Asked): Record<string, string> {
  const anybody = rule.AllowedOrigins.includes("*");
  return {
    "access-control-allow-origin": anybody ? "*" : origin,
    "access-control-allow-methods": rule.AllowedMethods.join(", "),
    ...(anybody ? {} : { "access-control-allow-credentials": "true" }),
    ...(headers.length > 0 ? { "access-control-allow-headers": headers.join(", ") } : {}),
    ...(rule.ExposeHeaders?.length ? { "access-control-expose-headers": rule.ExposeHeaders.join(", ") } : {}),
    ...(rule.MaxAgeSeconds === undefined ? {} : { "access-control-max-age": `${rule.MaxAgeSeconds}` }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

function readList(header: string | string[] | undefined): string[] {
  const names = String(header ?? "")
    .toLowerCase()
    .split(",");
  return names.map((name) => name.trim()).filter((name) => name !== "");
}
