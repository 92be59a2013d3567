import type { FindPermissions, Place, RequestInput } from "./permission.ts";
import { textOf, textsOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
export const findSsmPermissions: FindPermissions = (operation, input, place) => {
  const action = `ssm:${operation}`;
  const names = namesOf(operation, input);
  if (names.length === 0) return [{ action, resource: "*" }];
  const facts = {
    ...tagFacts(input),
    ...(typeof input["Overwrite"] === "boolean" && { "ssm:overwrite": [String(input["Overwrite"])] }),
    ...(typeof input["Recursive"] === "boolean" && { "ssm:recursive": [String(input["Recursive"])] }),
  };
  return names.map((name) => ({ action, resource: parameterArn(name, place), facts }));
};

function namesOf(operation: string, input: RequestInput): string[] {
  const several = textsOf(input, "Names");
  if (several.length > 0) return several;
  const tagged = textOf(input, "ResourceType") === "Parameter" ? textOf(input, "ResourceId") : undefined;
  const one = textOf(input, "Name", "Path") ?? tagged;
  return one === undefined || operation === "DescribeParameters" ? [] : [one];
}

/** Names that begin with a slash keep it as the separator; versions and labels are not part of the ARN. */
function parameterArn(name: string, { account, region }: Place): string {
  if (name.startsWith("arn:")) return name;
  const [bare = ""] = name.split(":");
  return `arn:aws:ssm:${region}:${account}:parameter/${bare.replace(/^\//, "")}`;
}
