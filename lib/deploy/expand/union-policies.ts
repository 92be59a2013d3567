import { isDeepStrictEqual } from "node:util";
import { isObject } from "../../template/is-object.ts";

type Statement = Readonly<Record<string, unknown>>;

/** A policy document as templates write it; a single statement needs no list. */
interface PolicyDocument {
  readonly Statement: Statement | readonly Statement[];
}

/**
 * A policy document that allows what either of two allows, and denies only what both deny. Where `next` alone does
 * that already, it is returned as it is. A `Sid` that both use for different statements gets a suffix: they are unique
 * in a document.
 */
export function unionPolicies(previous: PolicyDocument, next: PolicyDocument): PolicyDocument {
  const [before, after] = [statementsOf(previous), statementsOf(next)];
  const kept = after.filter((statement) => statement["Effect"] !== "Deny" || includes(before, statement));
  const added = before.filter((statement) => statement["Effect"] !== "Deny" && !includes(after, statement));
  if (kept.length === after.length && added.length === 0) return next;
  return { ...next, Statement: [...kept, ...withOwnSids(added, kept)] };
}

/** Whether a value is a policy document whose statements are written out. */
export function isPolicyDocument(value: unknown): value is PolicyDocument {
  return isObject(value) && "Statement" in value && listOf(value["Statement"]).every(isStatement);
}

function isStatement(value: unknown): value is Statement {
  return isObject(value) && "Effect" in value;
}

function statementsOf({ Statement }: PolicyDocument): readonly Statement[] {
  return listOf(Statement).filter(isStatement);
}

function withOwnSids(statements: readonly Statement[], beside: readonly Statement[]): readonly Statement[] {
  const taken = new Set(beside.map(({ Sid }) => Sid));
  return statements.map((statement) => {
    const { Sid } = statement;
    if (typeof Sid !== "string" || !taken.has(Sid)) return statement;
    let own = Sid;
    while (taken.has(own)) own += "Held";
    taken.add(own);
    return { ...statement, Sid: own };
  });
}

function includes(statements: readonly Statement[], wanted: Statement): boolean {
  return statements.some((statement) => isDeepStrictEqual(statement, wanted));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
