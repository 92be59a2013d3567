import { matchesWildcards } from "../util/match-wildcards.ts";

/** What a service of AWS wants to do with a resource of another. */
export interface GrantQuestion {
  /** The service that acts, for example `sns.amazonaws.com`. */
  readonly service: string;
  /** For example `sqs:SendMessage`. */
  readonly action: string;
  /** The resource that is acted upon. */
  readonly resource: string;
  /** The resource on whose behalf the service acts. */
  readonly sourceArn: string;
  readonly sourceAccount: string;
  /** The service also says whose source it is by the older key, `aws:SourceOwner`; most do not. */
  readonly tellsOwner?: boolean;
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Whether a resource's own policy (its text, or undefined where there is none) lets a service act on it. */
export function grantsService(policy: string | undefined, question: GrantQuestion): boolean {
  if (!policy) return false;
  const { Statement: statements = [] } = JSON.parse(policy) as { readonly Statement?: Statement | Statement[] };
  const said = [statements].flat().filter((statement) => concerns(statement, question));
  return said.some(({ Effect }) => Effect === "Allow") && !said.some(({ Effect }) => Effect === "Deny");
}

function concerns(statement: Statement, question: GrantQuestion): boolean {
  const { Principal: principal = {}, Action: actions = [], Resource: resources = "*" } = statement;
  const who = typeof principal === "string" ? [principal] : [principal["AWS"], principal["Service"]].flat();
  return (
    who.some((name) => name === "*" || name === question.service) &&
    [actions].flat().some((action) => matchesWildcards(action.toLowerCase(), question.action.toLowerCase())) &&
    [resources].flat().some((resource) => matchesWildcards(resource, question.resource)) &&
    conditionsHold(statement, question)
  );
}

function conditionsHold({ Condition: conditions = {} }: Statement, question: GrantQuestion): boolean {
  const facts = new Map([
    ["aws:sourcearn", question.sourceArn],
    ["aws:sourceaccount", question.sourceAccount],
    ...(question.tellsOwner ? ([["aws:sourceowner", question.sourceAccount]] as const) : []),
    ["aws:principalisawsservice", "true"],
    ["aws:securetransport", "true"],
  ]);
  return Object.entries(conditions).every(([operator, tests]) =>
    Object.entries(tests).every(([key, expected]) => holds(operator, [expected].flat(), facts.get(key.toLowerCase()))),
  );
}

/** An operator that is not known here holds for nobody. */
function holds(operator: string, expected: readonly string[], actual: string | undefined): boolean {
  if (actual === undefined) return operator.endsWith("IfExists");
  const name = operator.replace(/IfExists$/, "").replace(/^For(AnyValue|AllValues):/, "");
  const isAny = (test: (value: string) => boolean) => expected.map(String).some(test);
  switch (name) {
    case "StringEquals":
    case "Bool":
      return isAny((value) => value === actual);
    case "StringEqualsIgnoreCase":
      return isAny((value) => value.toLowerCase() === actual.toLowerCase());
    case "StringNotEquals":
      return !isAny((value) => value === actual);
    case "StringLike":
    case "ArnLike":
    case "ArnEquals":
      return isAny((value) => matchesWildcards(value, actual));
    case "StringNotLike":
    case "ArnNotLike":
    case "ArnNotEquals":
      return !isAny((value) => matchesWildcards(value, actual));
    default:
      return false;
  }
}
