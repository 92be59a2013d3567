import { malformedPolicy } from "./errors.ts";
import { parsePolicy, PolicySyntaxError, type PolicyDocument, type Statement } from "../../../iam/policy-document.ts";
import { isConditionOperator } from "../../../iam/condition-operators.ts";

/** Whether a principal of the account exists; other accounts' are taken on trust. */
export type PrincipalCheck = (arn: string) => boolean;

const STS_ACTIONS = /^(\*|sts:(\*|AssumeRole\w*|TagSession|SetSourceIdentity|SetContext))$/i;
const SERVICE = /^[a-z0-9][a-z0-9.-]*\.(amazonaws\.com(\.cn)?|aws\.internal|amazon\.com)$/;
const ACCOUNT_PRINCIPAL =
  /^(\*|\d{12}|arn:aws[\w-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role|federated-user)\/.+)|A[A-Z]{3}[A-Z0-9]{17})$/;

/** Reads a managed policy, or refuses it in IAM's words. Only managed policies need the current version. */
export function readManagedPolicy(text: string): PolicyDocument {
  const document = readIdentityPolicy(text);
  if (document.version !== "2012-10-17") {
    throw malformedPolicy("Policy document must be version 2012-10-17 or greater.");
  }
  return document;
}

/** Reads a policy for a role, user or group, or refuses it in IAM's words. Without a version it is of 2008-10-17. */
export function readIdentityPolicy(text: string): PolicyDocument {
  const document = read(text);
  requireUniqueSids(document.statements);
  for (const statement of document.statements) validateIdentityStatement(statement);
  return document;
}

/** Reads a role's trust policy, or refuses it in IAM's words. */
export function readTrustPolicy(text: string, exists: PrincipalCheck): PolicyDocument {
  const document = read(text);
  requireUniqueSids(document.statements);
  for (const statement of document.statements) validateTrustStatement(statement, exists);
  return document;
}

function read(text: string): PolicyDocument {
  try {
    return parsePolicy(text);
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw malformedPolicy(error.message);
    throw error;
  }
}

function validateIdentityStatement(statement: Statement): void {
  if (statement.principals ?? statement.notPrincipals)
    throw malformedPolicy("Policy document should not specify a principal.");
  const actions = statement.actions ?? statement.notActions ?? [];
  if (actions.length === 0) throw malformedPolicy("Policy statement must contain actions.");
  const resources = statement.resources ?? statement.notResources ?? [];
  if (resources.length === 0) throw malformedPolicy("Policy statement must contain resources.");
  for (const action of actions) validateAction(action);
  for (const resource of resources) validateResource(resource);
  validateConditions(statement);
}

function validateTrustStatement(statement: Statement, exists: PrincipalCheck): void {
  if (statement.resources ?? statement.notResources) throw malformedPolicy("Has prohibited field Resource");
  const principals = statement.principals ?? statement.notPrincipals;
  if (principals === undefined) throw malformedPolicy("Missing required field Principal");
  const actions = statement.actions ?? statement.notActions;
  if (actions === undefined) throw malformedPolicy("Missing required field Action");
  for (const action of actions) {
    if (!STS_ACTIONS.test(action)) throw malformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  for (const [kind, names] of principals) {
    for (const name of names) validatePrincipal(kind, name, exists);
  }
  validateConditions(statement);
}

function validatePrincipal(kind: string, name: string, exists: PrincipalCheck): void {
  if (kind === "AWS" && ACCOUNT_PRINCIPAL.test(name) && exists(name)) return;
  if (kind === "Service" && (name === "*" || SERVICE.test(name))) return;
  if (kind === "Federated" && name.length > 0) return;
  if (kind === "CanonicalUser" && /^[0-9a-f]{64}$/.test(name)) return;
  const label = kind === "Service" ? "SERVICE" : kind;
  throw malformedPolicy(`Invalid principal in policy: "${label}":"${name}"`);
}

function validateAction(action: string): void {
  if (action === "*") return;
  const parts = action.split(":");
  if (parts.length < 2) {
    throw malformedPolicy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (parts.length > 2) throw malformedPolicy("Actions/Condition can contain only one colon.");
  if (!/^[a-zA-Z0-9-]+$/.test(parts[0]!)) throw malformedPolicy(`Vendor ${parts[0]} is not valid`);
  if (!/^[\w*?-]+$/.test(parts[1]!)) throw malformedPolicy("The policy failed legacy parsing");
}

function validateResource(resource: string): void {
  if (resource === "*") return;
  const parts = resource.split(":");
  if (parts[0] !== "arn" || parts.length < 3) {
    throw malformedPolicy(`Resource ${resource} must be in ARN format or "*".`);
  }
  if (!/^(aws[\w-]*|\*|\$\{.*\})$/.test(parts[1]!)) {
    throw malformedPolicy(`Partition "${parts[1]}" is not valid for resource "${resource}".`);
  }
  if (parts.length < 6 && !resource.endsWith("*")) throw malformedPolicy("The policy failed legacy parsing");
}

function validateConditions(statement: Statement): void {
  for (const { operator, key } of statement.conditions) {
    if (!isConditionOperator(operator)) throw malformedPolicy(`Invalid Condition type : ${operator}.`);
    if (!/^[\w-]+:.+$/.test(key)) {
      throw malformedPolicy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
  }
}

function requireUniqueSids(statements: readonly Statement[]): void {
  const sids = statements.map(({ sid }) => sid).filter((sid) => sid);
  if (new Set(sids).size < sids.length) {
    throw malformedPolicy("Statement IDs (SID) in a single policy must be unique.");
  }
}
