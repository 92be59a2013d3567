import type { MissingPermission } from "../deploy/permissions/check-permissions.ts";
import type { FunctionPermissions } from "../deploy/permissions/function-permissions.ts";
import { escapeControls } from "../util/escape-controls.ts";

/** What the caller lacks, one line for each action. */
export function renderMissing(identity: string, missing: readonly MissingPermission[]): string[] {
  if (missing.length === 0) return [`${identity} may do everything that a deploy and a release of the app need.`];
  const byAction = Map.groupBy(missing, ({ action, decision }) => `${action}${denied(decision)}`);
  return [
    `${identity} lacks ${byAction.size === 1 ? "one permission" : `${byAction.size} permissions`}:`,
    ...[...byAction].map(([action, ones]) => `  ${action} on ${ones.map(({ resource }) => resource).join(", ")}`),
    "  → `tidegate permissions` prints the whole policy.",
  ].map(escapeControls);
}

function denied(decision: MissingPermission["decision"]): string {
  return decision === "explicitDeny" ? " (denied by a policy)" : "";
}

/** Each function with its grants, and what could be narrower below the grant. */
export function renderFunctions(functions: readonly FunctionPermissions[]): string[] {
  if (functions.length === 0) return ["The app has no functions."];
  return functions.flatMap(renderFunction).map(escapeControls);
}

function renderFunction({ path, role, grants, managedPolicies }: FunctionPermissions): string[] {
  if (role === undefined) return [`${path}: its role is not in the template`];
  const unmanaged = managedPolicies.length + grants.length === 0 ? ["  nothing"] : [];
  return [
    path,
    ...managedPolicies.map((arn) => `  policy ${arn}`),
    ...grants.flatMap(({ effect, actions, resources, broad }) => [
      `  ${effect === "Deny" ? "denied: " : ""}${actions.join(", ")} on ${resources.join(", ")}`,
      ...broad.map((text) => `    → ${text}.`),
    ]),
    ...unmanaged,
  ];
}
