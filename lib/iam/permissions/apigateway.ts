import type { FindPermissions, RequestInput } from "./permission.ts";
import { passRole } from "./pass-role.ts";
import { textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";
import routes from "./apigateway-routes.json" with { type: "json" };

/** Method and path of each operation, as the SDK's schemas have them. */
const ROUTES: Readonly<Record<string, string>> = routes;

/**
 * API Gateway's actions are HTTP's methods, on the path of the request.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
 */
export const findApigatewayPermissions: FindPermissions = (operation, input, { region }) => {
  const [method = "GET", template = ""] = ROUTES[operation]?.split(" ") ?? [];
  const resource = `arn:aws:apigateway:${region}::${fill(template, input)}`;
  const role = textOf(input, "CredentialsArn", "AuthorizerCredentialsArn");
  return [
    { action: `apigateway:${method}`, resource, facts: tagFacts(input) },
    ...passRole(role, "apigateway.amazonaws.com"),
  ];
};

/** The path that policies name has no version: `/apis/abc/routes/def`. */
function fill(template: string, input: RequestInput): string {
  return template
    .replace(/^\/v2/, "")
    .replaceAll(/\{(\w+)\+?\}/g, (_whole, member: string) => encodeURIComponent(textOf(input, member) ?? "*"));
}
