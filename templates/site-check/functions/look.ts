import { lastChecks } from "./checks.ts";

const { SITE = "" } = process.env;

/** GET /checks: the last twenty checks, the newest first. */
export async function handler() {
  const body = JSON.stringify(await lastChecks(SITE, 20));
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}
