import type { FindPermissions, Permission, Place, RequestInput } from "./permission.ts";
import { textOf, textsOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export const findCloudwatchPermissions: FindPermissions = (operation, input, place) => {
  const action = `cloudwatch:${operation}`;
  const namespace = textOf(input, "Namespace");
  const facts = { ...tagFacts(input), ...(namespace !== undefined && { "cloudwatch:namespace": [namespace] }) };
  return resourcesOf(operation, input, place).map((resource): Permission => ({ action, resource, facts }));
};

function resourcesOf(operation: string, input: RequestInput, { account, region }: Place): string[] {
  const alarm = (name: string) => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
  const tagged = textOf(input, "ResourceARN");
  if (tagged !== undefined) return [tagged];
  const names = [...textsOf(input, "AlarmNames"), ...textsOf(input, "DashboardNames")];
  const one = textOf(input, "AlarmName", "DashboardName");
  const all = one === undefined ? names : [one];
  if (/Dashboards?$/.test(operation)) return all.map((name) => `arn:aws:cloudwatch::${account}:dashboard/${name}`);
  if (/^DescribeAlarms$|^DescribeAlarmHistory$/.test(operation) && all.length === 0) return [alarm("*")];
  return all.length === 0 ? ["*"] : all.map(alarm);
}
