import type { Checked } from "../../kit/checked.ts";
import type { AwsError } from "../../aws-error.ts";
import type { ParameterStringFilter, ParametersFilter } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../service.ts";
import { describeValue, describeVersion } from "./get-parameter.ts";
import { pageOf } from "./errors.ts";
import { latestVersion, type ParameterRecord } from "./parameter-record.ts";
import { parameterArn, type Input, type Output, type Ssm } from "./context.ts";
import { ssmValidation, ssmError } from "./errors.ts";

type Test = (parameter: ParameterRecord) => boolean;

const BY_PATH_KEYS = new Set(["Type", "KeyId", "Label"]);

/** Returns the parameters below a path, with their values, up to 10 a page. */
export function getParametersByPath(
  ssm: Ssm,
  input: Input<"GetParametersByPath">,
  context: RequestContext,
): Output<"GetParametersByPath"> {
  const path = input.Path;
  if (!/^\/[\w.\-/]*$/.test(path)) throw badPath();
  const tests = (input.ParameterFilters ?? []).map((filter) => {
    if (!BY_PATH_KEYS.has(filter.Key)) throw badFilterKey(filter.Key, [...BY_PATH_KEYS]);
    return readFilter(filter);
  });
  const found = list(ssm, context).filter(
    (parameter) => isUnder(parameter.name, path, input.Recursive ?? false) && tests.every((test) => test(parameter)),
  );
  const page = pageOf(found, input.MaxResults ?? 10, input.NextToken || undefined);
  const label = input.ParameterFilters?.find((filter) => filter.Key === "Label")?.Values?.[0];
  return {
    Parameters: page.items.map((parameter) => {
      const labelled = label && parameter.versions.find((version) => version.labels.includes(label));
      return describeValue(ssm, context, parameter, labelled || latestVersion(parameter), input.WithDecryption);
    }),
    ...page.next,
  };
}

/** Lists parameters by filters, without their values, up to 50 a page. */
export function describeParameters(
  ssm: Ssm,
  input: Input<"DescribeParameters">,
  context: RequestContext,
): Output<"DescribeParameters"> {
  if (input.Filters?.length && input.ParameterFilters?.length) {
    throw ssmValidation("You can use either Filters or ParameterFilters in a single request.");
  }
  const tests = [...(input.Filters ?? []).map(readOldFilter), ...(input.ParameterFilters ?? []).map(readFilter)];
  const found = list(ssm, context).filter((parameter) => tests.every((test) => test(parameter)));
  const page = pageOf(found, input.MaxResults ?? 50, input.NextToken || undefined);
  return {
    Parameters: page.items.map((parameter) => ({
      ...describeVersion(parameter, latestVersion(parameter)),
      ARN: parameterArn(context, parameter.name),
    })),
    ...page.next,
  };
}

function list(ssm: Ssm, context: RequestContext): ParameterRecord[] {
  return ssm.parameters.list(`${context.region}/`).map(([, parameter]) => parameter);
}

function isUnder(name: string, path: string, recursive: boolean): boolean {
  const base = path.endsWith("/") ? path : `${path}/`;
  if (!name.startsWith("/")) return base === "/" && !name.includes("/");
  return name.startsWith(base) && (recursive || !name.slice(base.length).includes("/"));
}

function readFilter({ Key: key, Option: option, Values: values = [] }: Checked<ParameterStringFilter>): Test {
  const anyOf = (read: (parameter: ParameterRecord) => string | undefined): Test => {
    requireOption(option, ["Equals"]);
    return (parameter) => values.includes(read(parameter)!);
  };
  if (key.startsWith("tag:")) {
    return (parameter) => {
      const tag = parameter.tags.find((each) => each.Key === key.slice(4));
      return tag !== undefined && (values.length === 0 || values.includes(tag.Value));
    };
  }
  switch (key) {
    case "Name":
      return nameTest(requireOption(option, ["Equals", "BeginsWith", "Contains"]), values);
    case "Path": {
      const depth = requireOption(option ?? "OneLevel", ["OneLevel", "Recursive"]);
      return (parameter) => values.some((path) => isUnder(parameter.name, path, depth === "Recursive"));
    }
    case "Type":
      return anyOf((parameter) => latestVersion(parameter).type);
    case "KeyId":
      return anyOf((parameter) => latestVersion(parameter).keyId);
    case "Tier":
      return anyOf((parameter) => latestVersion(parameter).tier);
    case "DataType":
      return anyOf((parameter) => latestVersion(parameter).dataType);
    case "Label":
      return (parameter) => parameter.versions.some(({ labels }) => values.some((value) => labels.includes(value)));
    default:
      throw badFilterKey(key, ["Path", "Name", "Type", "KeyId", "Tier", "DataType", "tag:.+"]);
  }
}

/** Filters of the first generation match names by their beginning. */
function readOldFilter({ Key, Values }: Checked<ParametersFilter>): Test {
  return Key === "Name" ? nameTest("BeginsWith", Values ?? []) : readFilter({ Key, Values });
}

function nameTest(option: string, values: readonly string[]): Test {
  if (option === "BeginsWith") return ({ name }) => values.some((value) => name.startsWith(value));
  if (option === "Contains") return ({ name }) => values.some((value) => name.includes(value));
  return ({ name }) => values.includes(name);
}

function requireOption(option: string | undefined, allowed: readonly string[]): string {
  const chosen = option ?? allowed[0]!;
  if (allowed.includes(chosen)) return chosen;
  throw ssmError(
    "InvalidFilterOption",
    `The following filter option is not valid: ${chosen}. Valid options include: [${allowed.join(", ")}].`,
  );
}

function badFilterKey(key: string, allowed: readonly string[]): AwsError {
  return ssmError(
    "InvalidFilterKey",
    `The following filter key is not valid: ${key}. Valid filter keys include: [${allowed.join(", ")}].`,
  );
}

function badPath(): AwsError {
  return ssmValidation(
    'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  );
}
