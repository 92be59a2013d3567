import { describe, expect, test } from "vitest";
import { decideAccess, type AccessDecision } from "../../lib/iam/decide.ts";
import { evaluatePolicies, type NamedPolicy } from "../../lib/iam/evaluate.ts";
import { parsePolicy } from "../../lib/iam/policy-document.ts";
import { ANONYMOUS, principalOfArn, servicePrincipal, type Principal } from "../../lib/iam/principal.ts";

// Expected results come from the IAM user guide: "How AWS enforcement code logic evaluates requests", "Policy
// evaluation for requests within a single account", "Permissions boundaries", "JSON policy elements".

const ACCOUNT = "111122223333";
const OTHER = "444455556666";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/app/run`;
const USER = `arn:aws:iam::${ACCOUNT}:user/ann`;
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`;

type Rule = Readonly<Record<string, unknown>>;

function policy(...statements: readonly Rule[]): NamedPolicy[] {
  const Statement = statements.map((each) => ({
    Effect: "Allow",
    ...(!("NotAction" in each) && { Action: "sqs:SendMessage" }),
    ...(!("NotResource" in each) && { Resource: "*" }),
    ...each,
  }));
  return [{ id: "p", document: parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement })) }];
}

function outcome(decision: AccessDecision): string {
  return decision.decision === "allowed" ? "allowed" : `${decision.decision}: ${decision.by}`;
}

describe("one account: identity × resource × boundary × session", () => {
  const OPINIONS = {
    absent: undefined,
    allow: policy({}),
    silent: policy({ Action: "sqs:DeleteMessage" }),
    deny: policy({ Effect: "Deny" }),
  };
  const RESOURCES = {
    absent: undefined,
    silent: policy({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/other` } }),
    account: policy({ Principal: { AWS: ACCOUNT } }),
    role: policy({ Principal: { AWS: ROLE } }),
    session: policy({ Principal: { AWS: SESSION } }),
    anyone: policy({ Principal: "*" }),
    deny: policy({ Effect: "Deny", Principal: { AWS: SESSION } }),
  };
  type Opinion = keyof typeof OPINIONS;
  type Resource = keyof typeof RESOURCES;
  interface Row {
    readonly identity: Exclude<Opinion, "absent">;
    readonly resource: Resource;
    readonly boundary: Opinion;
    readonly session: Opinion;
  }

  /** The user guide's rules, read once more and independently of the code under test. */
  function documented({ identity, resource, boundary, session }: Row): string {
    if (resource === "deny") return "explicitDeny: resource-based policy";
    if (identity === "deny") return "explicitDeny: identity-based policy";
    if (boundary === "deny") return "explicitDeny: permissions boundary";
    if (session === "deny") return "explicitDeny: session policy";
    if (resource === "session" || resource === "anyone") return "allowed";
    if (resource !== "role" && identity !== "allow") return "implicitDeny: identity-based policy";
    if (boundary === "silent") return "implicitDeny: permissions boundary";
    return session === "silent" ? "implicitDeny: session policy" : "allowed";
  }

  const rows: Row[] = [];
  for (const identity of ["allow", "silent", "deny"] as const)
    for (const resource of ["absent", "silent", "account", "role", "session", "anyone", "deny"] as const)
      for (const boundary of ["absent", "allow", "silent", "deny"] as const)
        for (const session of ["absent", "allow", "silent", "deny"] as const)
          rows.push({ identity, resource, boundary, session });

  test.each(rows)("identity $identity, resource $resource, boundary $boundary, session $session", (row) => {
    const decision = decideAccess({
      request: { action: "sqs:SendMessage", resource: QUEUE, context: new Map(), principal: principalOfArn(SESSION) },
      caller: { identity: OPINIONS[row.identity], boundary: OPINIONS[row.boundary], session: OPINIONS[row.session] },
      resource: RESOURCES[row.resource],
      resourceAccount: ACCOUNT,
    });
    expect(outcome(decision)).toBe(documented(row));
  });

  test("the table has more than 300 rows", () => expect(rows.length).toBeGreaterThan(300));
});

describe("other callers and other accounts", () => {
  const allow = policy({});
  const none: NamedPolicy[] = [];
  interface Case {
    readonly principal: Principal;
    readonly identity?: NamedPolicy[];
    readonly boundary?: NamedPolicy[];
    readonly resource?: NamedPolicy[];
    readonly owner?: string;
    readonly needsResourcePolicy?: boolean;
  }
  const user = principalOfArn(USER);
  const stranger = principalOfArn(`arn:aws:iam::${OTHER}:user/eve`);
  const role = principalOfArn(SESSION);
  const sns = servicePrincipal("sns.amazonaws.com");
  const service = (name: string) => policy({ Principal: { Service: name } });

  test.each<[string, Case, string]>([
    ["a user by its identity", { principal: user, identity: allow }, "allowed"],
    ["a user by the resource alone", { principal: user, resource: policy({ Principal: { AWS: USER } }) }, "allowed"],
    [
      "a user by the resource, despite what its boundary lacks",
      { principal: user, boundary: none, resource: policy({ Principal: { AWS: USER } }) },
      "allowed",
    ],
    [
      "a user within its boundary",
      { principal: user, identity: allow, boundary: none },
      "implicitDeny: permissions boundary",
    ],
    [
      "a user by its account, which delegates",
      { principal: user, resource: policy({ Principal: { AWS: ACCOUNT } }) },
      "implicitDeny: identity-based policy",
    ],
    [
      "a user of another account by its identity alone",
      { principal: stranger, identity: allow },
      "implicitDeny: resource-based policy",
    ],
    [
      "a user of another account by the resource alone",
      { principal: stranger, resource: policy({ Principal: { AWS: `arn:aws:iam::${OTHER}:user/eve` } }) },
      "implicitDeny: identity-based policy",
    ],
    [
      "a user of another account by both",
      { principal: stranger, identity: allow, resource: policy({ Principal: { AWS: OTHER } }) },
      "allowed",
    ],
    [
      "a user of another account where the resource names everyone",
      { principal: stranger, identity: allow, resource: policy({ Principal: "*" }) },
      "allowed",
    ],
    ["a service that the resource names", { principal: sns, resource: service("sns.amazonaws.com") }, "allowed"],
    [
      "a service by its name in a region",
      { principal: sns, resource: service("sns.eu-west-1.amazonaws.com") },
      "allowed",
    ],
    [
      "another service",
      { principal: sns, resource: service("s3.amazonaws.com") },
      "implicitDeny: resource-based policy",
    ],
    ["a service without a resource policy", { principal: sns }, "implicitDeny: resource-based policy"],
    [
      "a service that NotPrincipal exempts",
      {
        principal: sns,
        resource: policy({ Principal: "*" }, { Effect: "Deny", NotPrincipal: { Service: "sns.amazonaws.com" } }),
      },
      "allowed",
    ],
    [
      "a service that NotPrincipal does not exempt",
      {
        principal: sns,
        resource: policy({ Principal: "*" }, { Effect: "Deny", NotPrincipal: { Service: "s3.amazonaws.com" } }),
      },
      "explicitDeny: resource-based policy",
    ],
    ["an anonymous caller", { principal: ANONYMOUS }, "implicitDeny: resource-based policy"],
    [
      "an anonymous caller where the resource names everyone",
      { principal: ANONYMOUS, resource: policy({ Principal: { AWS: "*" } }) },
      "allowed",
    ],
    [
      "an anonymous caller where the resource names an account",
      { principal: ANONYMOUS, resource: policy({ Principal: { AWS: ACCOUNT } }) },
      "implicitDeny: resource-based policy",
    ],
    [
      "a role whose trust is silent",
      { principal: role, identity: allow, needsResourcePolicy: true },
      "implicitDeny: resource-based policy",
    ],
    [
      "a role whose trust names the account, by its identity",
      {
        principal: role,
        identity: allow,
        needsResourcePolicy: true,
        resource: policy({ Principal: { AWS: ACCOUNT } }),
      },
      "allowed",
    ],
    [
      "a role whose trust names the account, without its identity",
      { principal: role, needsResourcePolicy: true, resource: policy({ Principal: { AWS: ACCOUNT } }) },
      "implicitDeny: identity-based policy",
    ],
    [
      "a role whose trust names the role",
      { principal: role, needsResourcePolicy: true, resource: policy({ Principal: { AWS: ROLE } }) },
      "allowed",
    ],
    [
      "a session that NotPrincipal names wholly",
      {
        principal: role,
        identity: allow,
        resource: policy({ Effect: "Deny", NotPrincipal: { AWS: [SESSION, ROLE, ACCOUNT] } }),
      },
      "allowed",
    ],
    [
      "a session that NotPrincipal names by its role only",
      { principal: role, identity: allow, resource: policy({ Effect: "Deny", NotPrincipal: { AWS: ROLE } }) },
      "explicitDeny: resource-based policy",
    ],
    [
      "a federated identity that the trust names",
      {
        principal: { arns: [], federated: "token.example.com" },
        resource: policy({ Principal: { Federated: "token.example.com" } }),
      },
      "allowed",
    ],
    [
      "a federated identity of another provider",
      {
        principal: { arns: [], federated: "token.example.com" },
        resource: policy({ Principal: { Federated: "other.example.com" } }),
      },
      "implicitDeny: resource-based policy",
    ],
  ])(
    "%s",
    (
      _name,
      { principal, identity = none, boundary, resource, owner = ACCOUNT, needsResourcePolicy = false },
      expected,
    ) => {
      const request = { action: "sqs:SendMessage", resource: QUEUE, context: new Map(), principal };
      const decision = decideAccess({
        request,
        caller: { identity, boundary },
        resource,
        resourceAccount: owner,
        needsResourcePolicy,
      });
      expect(outcome(decision)).toBe(expected);
    },
  );
});

describe("a condition", () => {
  const facts = new Map<string, readonly string[]>([
    ["aws:username", ["ann"]],
    ["aws:sourceip", ["10.1.2.3"]],
    ["aws:currenttime", ["2026-06-01T12:00:00Z"]],
    ["aws:epochtime", ["1780315200"]],
    ["aws:securetransport", ["true"]],
    ["aws:sourcearn", ["arn:aws:sns:eu-west-1:111122223333:orders"]],
    ["aws:tagkeys", ["team", "cost"]],
    ["aws:principaltag/team", ["a*b"]],
    ["s3:prefix", ["home/ann/"]],
    ["s3:max-keys", ["50"]],
    ["binary", ["QmluYXJ5"]],
    ["empty", [""]],
  ]);

  test.each<[operator: string, key: string, value: unknown, holds: boolean]>([
    ["StringEquals", "aws:username", "ann", true],
    ["StringEquals", "aws:username", ["bob", "ann"], true],
    ["StringEquals", "aws:username", "Ann", false],
    ["StringEquals", "AWS:UserName", "ann", true],
    ["StringEquals", "absent", "x", false],
    ["StringEquals", "empty", "", true],
    ["StringEquals", "aws:username", "a*", false],
    ["StringEqualsIfExists", "absent", "x", true],
    ["StringEqualsIfExists", "aws:username", "bob", false],
    ["StringNotEquals", "aws:username", "bob", true],
    ["StringNotEquals", "aws:username", ["bob", "ann"], false],
    ["StringNotEquals", "absent", "x", true],
    ["StringNotEqualsIfExists", "absent", "x", true],
    ["StringEqualsIgnoreCase", "aws:username", "ANN", true],
    ["StringNotEqualsIgnoreCase", "aws:username", "ANN", false],
    ["StringLike", "aws:username", "a*", true],
    ["StringLike", "aws:username", "a?n", true],
    ["StringLike", "aws:username", "a?", false],
    ["StringLike", "s3:prefix", "home/${aws:username}/*", true],
    ["StringLike", "s3:prefix", "home/${aws:userid}/*", false],
    ["StringLike", "s3:prefix", "home/${aws:userid, 'ann'}/*", true],
    ["StringNotLike", "aws:username", "b*", true],
    ["StringNotLike", "absent", "*", true],
    ["StringEquals", "aws:principaltag/team", "a*b", true],
    ["StringLike", "aws:principaltag/team", "a${*}b", true],
    ["StringLike", "aws:username", "${*}", false],
    ["StringEquals", "aws:username", "${aws:username}", true],
    ["StringLike", "aws:username", "${aws:PrincipalTag/team}", false],
    ["NumericEquals", "s3:max-keys", "50", true],
    ["NumericEquals", "s3:max-keys", 50, true],
    ["NumericEquals", "s3:max-keys", "50.0", true],
    ["NumericNotEquals", "s3:max-keys", "50", false],
    ["NumericLessThan", "s3:max-keys", "50", false],
    ["NumericLessThan", "s3:max-keys", "100", true],
    ["NumericLessThanEquals", "s3:max-keys", "50", true],
    ["NumericGreaterThan", "s3:max-keys", "9", true],
    ["NumericGreaterThanEquals", "s3:max-keys", "51", false],
    ["NumericLessThanIfExists", "absent", "1", true],
    ["NumericEquals", "aws:username", "1", false],
    ["DateGreaterThan", "aws:currenttime", "2026-01-01T00:00:00Z", true],
    ["DateLessThan", "aws:currenttime", "2026-01-01T00:00:00Z", false],
    ["DateEquals", "aws:currenttime", "2026-06-01T12:00:00Z", true],
    ["DateNotEquals", "aws:currenttime", "2026-06-01T12:00:00Z", false],
    ["DateLessThanEquals", "aws:epochtime", "1780315200", true],
    ["DateGreaterThanEquals", "aws:epochtime", "2026-06-01T12:00:01Z", false],
    ["Bool", "aws:securetransport", "true", true],
    ["Bool", "aws:securetransport", true, true],
    ["Bool", "aws:securetransport", "false", false],
    ["Bool", "absent", "false", false],
    ["BoolIfExists", "aws:multifactorauthpresent", "true", true],
    ["BinaryEquals", "binary", "QmluYXJ5", true],
    ["BinaryEquals", "binary", "QmluYXJ6", false],
    ["IpAddress", "aws:sourceip", "10.0.0.0/8", true],
    ["IpAddress", "aws:sourceip", "10.1.2.3", true],
    ["IpAddress", "aws:sourceip", ["192.0.2.0/24", "10.1.0.0/16"], true],
    ["IpAddress", "aws:sourceip", "2001:db8::/32", false],
    ["NotIpAddress", "aws:sourceip", "10.0.0.0/8", false],
    ["NotIpAddress", "aws:sourceip", "192.0.2.0/24", true],
    ["NotIpAddress", "absent", "10.0.0.0/8", true],
    ["ArnEquals", "aws:sourcearn", "arn:aws:sns:eu-west-1:111122223333:orders", true],
    ["ArnLike", "aws:sourcearn", "arn:aws:sns:*:111122223333:*", true],
    ["ArnEquals", "aws:sourcearn", "arn:aws:sns:*:*:ord*", true],
    ["ArnLike", "aws:sourcearn", "arn:aws:*:orders", false],
    ["ArnLike", "aws:sourcearn", "arn:aws:sns:*", true],
    ["ArnNotEquals", "aws:sourcearn", "arn:aws:sns:*:*:other", true],
    ["ArnNotLike", "aws:sourcearn", "arn:aws:sns:*:*:ord*", false],
    ["ArnNotLike", "absent", "arn:aws:sns:*:*:*", true],
    ["Null", "absent", "true", true],
    ["Null", "absent", "false", false],
    ["Null", "aws:username", "false", true],
    ["Null", "aws:username", "true", false],
    ["Null", "aws:username", false, true],
    ["ForAllValues:StringEquals", "aws:tagkeys", ["team", "cost", "owner"], true],
    ["ForAllValues:StringEquals", "aws:tagkeys", ["team"], false],
    ["ForAllValues:StringEquals", "absent", ["team"], true],
    ["ForAllValues:StringLike", "aws:tagkeys", ["t*", "c*"], true],
    ["ForAllValues:StringNotEquals", "aws:tagkeys", ["owner"], true],
    ["ForAllValues:StringNotEquals", "aws:tagkeys", ["team"], false],
    ["ForAnyValue:StringEquals", "aws:tagkeys", ["team"], true],
    ["ForAnyValue:StringEquals", "aws:tagkeys", ["owner"], false],
    ["ForAnyValue:StringEquals", "absent", ["team"], false],
    ["ForAnyValue:StringNotEquals", "aws:tagkeys", ["team"], true],
    ["ForAnyValue:StringNotEquals", "absent", ["team"], false],
    ["ForAnyValue:StringEqualsIfExists", "absent", ["team"], true],
    ["StringEqual", "aws:username", "ann", false],
  ])("%s of %s with %j: %s", (operator, key, value, holds) => {
    const request = { action: "sqs:SendMessage", resource: QUEUE, context: facts };
    const { decision } = evaluatePolicies(policy({ Condition: { [operator]: { [key]: value } } }), request);
    expect(decision).toBe(holds ? "allowed" : "implicitDeny");
  });

  test("all operators and all keys of a statement have to hold", () => {
    const both = {
      StringEquals: { "aws:username": "ann", "s3:prefix": "home/ann/" },
      Bool: { "aws:securetransport": "true" },
    };
    const one = { StringEquals: { "aws:username": "ann", "s3:prefix": "other" } };
    const decide = (Condition: object) =>
      evaluatePolicies(policy({ Condition }), { action: "sqs:SendMessage", resource: QUEUE, context: facts }).decision;
    expect([decide(both), decide(one)]).toEqual(["allowed", "implicitDeny"]);
  });
});

describe("a statement", () => {
  test.each<[Rule, action: string, resource: string, matches: boolean]>([
    [{ Action: "*" }, "sqs:SendMessage", QUEUE, true],
    [{ Action: "SQS:sendmessage" }, "sqs:SendMessage", QUEUE, true],
    [{ Action: "sqs:Send*" }, "sqs:SendMessage", QUEUE, true],
    [{ Action: "sqs:?endMessage" }, "sqs:SendMessage", QUEUE, true],
    [{ Action: "sns:*" }, "sqs:SendMessage", QUEUE, false],
    [{ NotAction: "sns:*" }, "sqs:SendMessage", QUEUE, true],
    [{ NotAction: ["sns:*", "sqs:*"] }, "sqs:SendMessage", QUEUE, false],
    [{ Resource: QUEUE }, "sqs:SendMessage", QUEUE, true],
    [{ Resource: "arn:aws:sqs:*:*:ord*" }, "sqs:SendMessage", QUEUE, true],
    [{ Resource: "arn:aws:sqs:*" }, "sqs:SendMessage", QUEUE, true],
    [{ Resource: "arn:aws:*:orders" }, "sqs:SendMessage", QUEUE, false],
    [{ Resource: "arn:aws:sqs:*:*:Orders" }, "sqs:SendMessage", QUEUE, false],
    [{ NotResource: "arn:aws:sqs:*:*:other" }, "sqs:SendMessage", QUEUE, true],
    [{ NotResource: "arn:aws:sqs:*:*:*" }, "sqs:SendMessage", QUEUE, false],
    [{ Resource: "*" }, "sqs:SendMessage", "*", true],
    [{ Resource: QUEUE }, "sqs:SendMessage", "*", false],
    [{ Resource: "arn:aws:sqs:*:*:*" }, "sqs:SendMessage", "*", false],
    [{ Resource: "arn:aws:s3:::b/*", Action: "s3:GetObject" }, "s3:GetObject", "arn:aws:s3:::b/a/b:c", true],
    [{ Resource: "arn:aws:s3:::b", Action: "s3:GetObject" }, "s3:GetObject", "arn:aws:s3:::b/a", false],
    [{ Resource: "arn:aws:s3:::b*", Action: "s3:GetObject" }, "s3:GetObject", "arn:aws:s3:::b/a", true],
    [{ Resource: "arn:aws:s3:::b/${*}", Action: "s3:GetObject" }, "s3:GetObject", "arn:aws:s3:::b/a", false],
    [{ Resource: "arn:aws:s3:::b/${*}", Action: "s3:GetObject" }, "s3:GetObject", "arn:aws:s3:::b/*", true],
  ])("%j and %s on %s: %s", (rule, action, resource, matches) => {
    const { decision } = evaluatePolicies(policy(rule), { action, resource, context: new Map() });
    expect(decision).toBe(matches ? "allowed" : "implicitDeny");
  });
});
