import type { RequestContext } from "../../../service.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf, newRevision } from "../lambda-state.ts";
import { functionArn, isVersionNumber, matches, patternProblem, readFunctionRef, type FunctionRef } from "./names.ts";
import type { PolicyStatement } from "../records.ts";
import { conflict, invalid, invalidParameter, notFound, staleRevision } from "../errors.ts";

const STATEMENT_PATTERN = "([a-zA-Z0-9-_]+)";

/** Adds a statement to the resource policy of a function, version or alias. */
export function addPermission(
  lambda: Lambda,
  input: Input<"AddPermission">,
  context: RequestContext,
): Output<"AddPermission"> {
  const sid = input.StatementId ?? "";
  if (!matches(sid, STATEMENT_PATTERN)) throw invalid([patternProblem(sid, "statementId", STATEMENT_PATTERN)]);
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  if (ref.qualifier === "$LATEST") throw invalidParameter("We currently do not support adding policies for $LATEST.");
  const revision = revisionOf(lambda, ref);
  const statements = statementsOf(lambda, ref);
  const statement = buildStatement(ref, sid, input);
  if (statements.some((each) => each.Sid === sid))
    throw conflict(
      `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  if (input.RevisionId !== undefined && input.RevisionId !== revision)
    throw staleRevision(ref.qualifier === undefined ? "GetPolicy" : "GetFunction/GetAlias");
  putStatements(lambda, ref, [...statements, statement]);
  return { Statement: JSON.stringify(statement) };
}

/** Removes a statement of a function's policy. `ResourceNotFoundException` where there is none. */
export function removePermission(lambda: Lambda, input: Input<"RemovePermission">, context: RequestContext): object {
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  if (lambda.state.functions.get(keyOf(ref)) === undefined) throw notFound(`No policy found for: ${functionArn(ref)}`);
  const revision = revisionOf(lambda, ref);
  const statements = statementsOf(lambda, ref);
  if (statements.length === 0) throw notFound("No policy is associated with the given resource.");
  if (!statements.some(({ Sid }) => Sid === input.StatementId))
    throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
  if (input.RevisionId !== undefined && input.RevisionId !== revision) throw staleRevision();
  const kept = statements.filter(({ Sid }) => Sid !== input.StatementId);
  putStatements(lambda, ref, kept);
  return {};
}

/** Returns the policy of a function, version or alias. `ResourceNotFoundException` where it has none. */
export function getPolicy(lambda: Lambda, input: Input<"GetPolicy">, context: RequestContext): Output<"GetPolicy"> {
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  const statements = statementsOf(lambda, ref);
  if (statements.length === 0) throw notFound("The resource you requested does not exist.");
  return { Policy: writePolicy(statements), RevisionId: revisionOf(lambda, ref) };
}

/** The policy's text on exactly the function, version or alias that an ARN names; undefined where there is none. */
export function policyOfArn(lambda: Lambda, arn: string): string | undefined {
  const [, , , region = "", account = "", kind, name = "", qualifier] = arn.split(":");
  const statements = kind === "function" ? statementsOf(lambda, { region, account, name, qualifier }) : [];
  return statements.length === 0 ? undefined : writePolicy(statements);
}

function writePolicy(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
}

/** The statements on exactly this function, version or alias. */
export function statementsOf(lambda: Lambda, ref: FunctionRef): readonly PolicyStatement[] {
  return lambda.state.policies.get(policyKey(ref)) ?? [];
}

function policyKey(ref: FunctionRef): string {
  return `${keyOf(ref)}/${ref.qualifier ?? ""}`;
}

/** A policy shares its revision with what it is on. */
function revisionOf({ state }: Lambda, ref: FunctionRef): string {
  const { qualifier } = ref;
  if (qualifier === undefined || isVersionNumber(qualifier) || qualifier.includes("$"))
    return state.version(ref).revisionId;
  state.function(ref, functionArn(ref));
  return state.alias(ref, qualifier).revisionId;
}

function putStatements(lambda: Lambda, ref: FunctionRef, statements: readonly PolicyStatement[]): void {
  const { state } = lambda;
  if (statements.length === 0) state.policies.delete(policyKey(ref));
  else state.policies.put(policyKey(ref), statements);
  const { qualifier } = ref;
  if (qualifier === undefined || isVersionNumber(qualifier)) {
    state.putVersion(ref, { ...state.version(ref), revisionId: newRevision() });
    return;
  }
  state.aliases.put(`${keyOf(ref)}/${qualifier}`, { ...state.alias(ref, qualifier), revisionId: newRevision() });
}

function buildStatement(ref: FunctionRef, sid: string, input: Input<"AddPermission">): PolicyStatement {
  const condition = buildCondition(input);
  return {
    Sid: sid,
    Effect: "Allow",
    Principal: readPrincipal(input.Principal ?? ""),
    Action: input.Action ?? "",
    Resource: functionArn(ref),
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

function readPrincipal(principal: string): PolicyStatement["Principal"] {
  if (principal === "*") return "*";
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (/^arn:aws[a-z-]*:(iam|sts)::/.test(principal)) return { AWS: principal };
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazon(aws)?\.com(\.cn)?$/.test(principal)) return { Service: principal };
  throw invalidParameter("The provided principal was invalid. Please check the principal and try again.");
}

function buildCondition(input: Input<"AddPermission">): Record<string, Record<string, string>> {
  const equals: Record<string, string | undefined> = {
    "AWS:SourceAccount": input.SourceAccount,
    "lambda:EventSourceToken": input.EventSourceToken,
    "aws:PrincipalOrgID": input.PrincipalOrgID,
    "lambda:FunctionUrlAuthType": input.FunctionUrlAuthType,
  };
  const given = Object.entries(equals).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...(given.length > 0 && { StringEquals: Object.fromEntries(given) }),
    ...(input.InvokedViaFunctionUrl !== undefined && {
      Bool: { "lambda:InvokedViaFunctionUrl": String(input.InvokedViaFunctionUrl) },
    }),
    ...(input.SourceArn !== undefined && { ArnLike: { "AWS:SourceArn": input.SourceArn } }),
  };
}
