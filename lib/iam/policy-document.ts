/** One condition of a statement. */
export interface Condition {
  /** As written, with `ForAllValues:` and `IfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement with every list made a list. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  /** By kind: `AWS`, `Service`, `Federated`; `*` matches everyone. */
  readonly principals: ReadonlyMap<string, readonly string[]> | undefined;
  readonly notPrincipals: ReadonlyMap<string, readonly string[]> | undefined;
  readonly conditions: readonly Condition[];
}

/** A policy that was read. */
export interface PolicyDocument {
  readonly version: string;
  readonly statements: readonly Statement[];
}

type Json = { readonly [name: string]: unknown };

/** Thrown where a text is not a policy at all; the message is IAM's. */
export class PolicySyntaxError extends Error {}

const FIELDS = new Set(["Version", "Id", "Statement"]);
const STATEMENT_FIELDS = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
]);

/** Reads a policy's text. What the statements may say depends on the kind of policy: see `validate-policy.ts`. */
export function parsePolicy(text: string): PolicyDocument {
  const document = parseJson(text);
  const statement = document["Statement"];
  if (Object.keys(document).some((field) => !FIELDS.has(field)) || statement === undefined) throw syntaxErrors();
  const version = document["Version"] ?? "2008-10-17";
  if (version !== "2012-10-17" && version !== "2008-10-17") throw syntaxErrors();
  const statements = Array.isArray(statement) ? statement : [statement];
  return { version, statements: statements.map(readStatement) };
}

function parseJson(text: string): Json {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new PolicySyntaxError("This policy contains invalid Json");
  }
  return requireObject(parsed);
}

function readStatement(given: unknown): Statement {
  const statement = requireObject(given);
  if (Object.keys(statement).some((field) => !STATEMENT_FIELDS.has(field))) throw syntaxErrors();
  const effect = statement["Effect"];
  if (effect !== "Allow" && effect !== "Deny") throw syntaxErrors();
  for (const field of ["Action", "Resource", "Principal"]) {
    if (statement[field] !== undefined && statement[`Not${field}`] !== undefined) throw syntaxErrors();
  }
  const sid = statement["Sid"];
  if (sid !== undefined && typeof sid !== "string") throw syntaxErrors();
  return {
    sid,
    effect,
    actions: readStrings(statement["Action"]),
    notActions: readStrings(statement["NotAction"]),
    resources: readStrings(statement["Resource"]),
    notResources: readStrings(statement["NotResource"]),
    principals: readPrincipals(statement["Principal"]),
    notPrincipals: readPrincipals(statement["NotPrincipal"]),
    conditions: readConditions(statement["Condition"]),
  };
}

function readStrings(given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const list: unknown[] = Array.isArray(given) ? given : [given];
  if (!list.every((item) => typeof item === "string")) throw syntaxErrors();
  return list;
}

function readPrincipals(given: unknown): ReadonlyMap<string, readonly string[]> | undefined {
  if (given === undefined) return undefined;
  if (given === "*") return new Map([["AWS", ["*"]]]);
  return new Map(Object.entries(requireObject(given)).map(([kind, names]) => [kind, readStrings(names) ?? []]));
}

function readConditions(given: unknown): Condition[] {
  if (given === undefined) return [];
  return Object.entries(requireObject(given)).flatMap(([operator, tests]) =>
    Object.entries(requireObject(tests)).map(([key, values]) => ({ operator, key, values: readScalars(values) })),
  );
}

function readScalars(given: unknown): string[] {
  const list: unknown[] = Array.isArray(given) ? given : [given];
  return list.map((item) => {
    if (typeof item === "string" || typeof item === "number" || typeof item === "boolean") return String(item);
    throw syntaxErrors();
  });
}

function requireObject(given: unknown): Json {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as Json;
  throw syntaxErrors();
}

function syntaxErrors(): PolicySyntaxError {
  return new PolicySyntaxError("Syntax errors in policy.");
}
