import type { Input } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import type { CloudwatchState } from "./context.ts";
import { pageOf } from "./errors.ts";
import { validation } from "./errors.ts";

interface Dashboard {
  readonly name: string;
  readonly body: string;
  readonly modifiedMs: number;
}

const PAGE = 1000;

/** PutDashboard: keeps the body; whether its widgets make sense is not looked at. */
export function putDashboard(
  state: CloudwatchState,
  input: Input<"cloudwatch", "PutDashboard">,
  _context: RequestContext,
) {
  const name = input.DashboardName ?? "";
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
    throw invalidDashboard(
      "The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).",
    );
  if (!isObject(input.DashboardBody)) throw invalidDashboard("The field DashboardBody must be a valid JSON object");
  dashboards(state).put(name, { name, body: input.DashboardBody, modifiedMs: state.cloud.clock.now() });
  return { DashboardValidationMessages: [] };
}

/** Returns a dashboard's body. `ResourceNotFound` where the account has none of this name. */
export function getDashboard(
  state: CloudwatchState,
  input: Input<"cloudwatch", "GetDashboard">,
  context: RequestContext,
) {
  const dashboard = dashboards(state).get(input.DashboardName ?? "");
  if (!dashboard) throw notFound(input.DashboardName);
  return { DashboardArn: arnOf(dashboard, context), DashboardBody: dashboard.body, DashboardName: dashboard.name };
}

/** Lists the dashboards whose names have the prefix. */
export function listDashboards(
  state: CloudwatchState,
  input: Input<"cloudwatch", "ListDashboards">,
  context: RequestContext,
) {
  const all = dashboards(state).list(input.DashboardNamePrefix ?? "");
  const { items, next } = pageOf(all, PAGE, input.NextToken);
  const DashboardEntries = items.map(([, dashboard]) => ({
    DashboardArn: arnOf(dashboard, context),
    DashboardName: dashboard.name,
    LastModified: new Date(dashboard.modifiedMs),
    Size: Buffer.byteLength(dashboard.body),
  }));
  return { DashboardEntries, ...next };
}

/** DeleteDashboards: all of them or none. */
export function deleteDashboards(
  state: CloudwatchState,
  input: Input<"cloudwatch", "DeleteDashboards">,
  _context: RequestContext,
): object {
  const names = input.DashboardNames ?? [];
  if (names.length === 0) throw validation("DashboardNames must not be empty");
  const table = dashboards(state);
  const missing = names.find((name) => !table.get(name));
  if (missing !== undefined) throw notFound(missing);
  for (const name of names) table.delete(name);
  return {};
}

/** Dashboards belong to the account, not to a region. */
function dashboards(state: CloudwatchState): Collection<Dashboard> {
  return state.cloud.store.collection("cloudwatch.dashboards");
}

function arnOf(dashboard: Dashboard, context: RequestContext): string {
  return `arn:aws:cloudwatch::${context.account}:dashboard/${dashboard.name}`;
}

function notFound(name: string | undefined): AwsError {
  return new AwsError("DashboardNotFoundError", `Dashboard ${name} does not exist`);
}

function invalidDashboard(message: string): AwsError {
  return new AwsError("DashboardInvalidInputError", message, {
    members: { dashboardValidationMessages: [{ Message: message }] },
  });
}

function isObject(body: string | undefined): boolean {
  try {
    const value: unknown = JSON.parse(body ?? "");
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
