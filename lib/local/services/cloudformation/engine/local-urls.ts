import type { StackRun } from "./stack-run.ts";

/**
 * Apps write an API's address as `https://<id>.execute-api.<region>.amazonaws.com`. In the outputs of a stack, and only
 * there, such an address of an API of this cloud is replaced by one that answers here.
 */
export async function localiseInvokeUrls(value: string, run: StackRun): Promise<string> {
  const [prefix, id, region] = /^https:\/\/([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(value) ?? [];
  if (prefix === undefined || id === undefined || region !== run.stack.region) return value;
  try {
    const api = await run.parts.cloud.call("apigatewayv2", "GetApi", { ApiId: id }, { region });
    return api.ApiEndpoint === undefined ? value : api.ApiEndpoint + value.slice(prefix.length);
  } catch {
    return value;
  }
}
