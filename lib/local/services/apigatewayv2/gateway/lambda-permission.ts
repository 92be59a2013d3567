import { isAwsError } from "../../../aws-error.ts";
import type { Cloud } from "../../../service.ts";
import type { LambdaTarget } from "./lambda-target.ts";

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/**
 * Whether the function's own policy lets API Gateway invoke it for one of `sourceArns`. Without this permission AWS
 * answers 500, and so do we: an API that works here must not fail there.
 */
export async function mayInvoke(cloud: Cloud, target: LambdaTarget, sourceArns: readonly string[]): Promise<boolean> {
  const statements = await statementsOf(cloud, target);
  return sourceArns.some((arn) => {
    const applying = statements.filter((statement) => applies(statement, arn, cloud.account));
    return applying.some((one) => one.Effect === "Allow") && !applying.some((one) => one.Effect === "Deny");
  });
}

async function statementsOf(cloud: Cloud, target: LambdaTarget): Promise<Statement[]> {
  try {
    const { Policy } = await cloud.call(
      "lambda",
      "GetPolicy",
      { FunctionName: target.functionName, ...(target.qualifier !== undefined && { Qualifier: target.qualifier }) },
      { region: target.region },
    );
    return (JSON.parse(Policy ?? "{}") as { Statement?: Statement[] }).Statement ?? [];
  } catch (error) {
    if (isAwsError(error, "ResourceNotFoundException")) return [];
    throw error;
  }
}

function applies(statement: Statement, sourceArn: string, account: string): boolean {
  return (
    isForApiGateway(statement.Principal) &&
    listOf(statement.Action).some((action) => matchesWildcard(action, "lambda:InvokeFunction")) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, key, listOf(wanted), sourceArn, account)),
    )
  );
}

function isForApiGateway(principal: unknown): boolean {
  if (principal === "*") return true;
  const service = (principal as { Service?: unknown } | undefined)?.Service;
  return listOf(service).some((one) => one === "apigateway.amazonaws.com" || one === "*");
}

function holds(operator: string, key: string, wanted: string[], sourceArn: string, account: string): boolean {
  const given =
    key.toLowerCase() === "aws:sourcearn" ? sourceArn : key.toLowerCase() === "aws:sourceaccount" ? account : undefined;
  if (given === undefined) return false;
  if (operator === "StringEquals") return wanted.includes(given);
  if (operator === "ArnLike" || operator === "ArnEquals") return wanted.some((one) => matchesArn(one, given));
  if (operator === "StringLike") return wanted.some((one) => matchesWildcard(one, given));
  return false;
}

/** `*` and `?` stand within one of an ARN's six parts, as IAM's ArnLike has it. */
export function matchesArn(pattern: string, arn: string): boolean {
  const wanted = partsOf(pattern);
  const given = partsOf(arn);
  return wanted.length === given.length && wanted.every((part, at) => matchesWildcard(part, given[at]!));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(":");
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** `*` for any text, `?` for one character; in time linear in both, whatever the pattern. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === "*") {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

function listOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
