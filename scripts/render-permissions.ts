import { AWS_CALLS, type AwsCall, type CallMaker, type CallTarget } from "../lib/aws/aws-calls.ts";

const TARGETS: Readonly<Record<CallTarget, string>> = {
  account: "all resources: `*`",
  "bootstrap-bucket": "objects of the bootstrap's bucket",
  "bootstrap-roles": "the bootstrap's deploy and file publishing roles",
  "bootstrap-version": "the bootstrap's version parameter",
  buses: "event buses that are notified",
  "driver-state-machine": "the `ReleaseDriver`'s state machine",
  "execution-role": "CloudFormation's execution role",
  functions: "the app's functions",
  hooks: "hook functions, and members with a smoke test",
  journal: "the journal's objects of the app and stage",
  "older-journal": "the same objects where older versions kept them, among the app's assets",
  "own-identity": "the caller's own role or user; only for `permissions --check` and the check before a deploy",
  "replaced-resources": "resources of the app of that type; only where its templates have any",
  "ssm-parameters": "SSM-typed parameters of the templates; only where they have any",
  stacks: "the app's stacks",
  "state-machines": "the app's state machines",
  topics: "topics that are notified",
};

/** Actions of one call that are about something else than the call's own target. */
const ACTION_TARGETS: Readonly<Record<string, string>> = {
  "iam:PassRole": "CloudFormation's execution role",
  "ssm:GetParameters": "SSM-typed parameters of the templates",
  "s3:ListBucket": "the bucket",
  "s3:ListBucketVersions": "the bucket",
  "logs:FilterLogEvents": "their log groups",
};

const MAKERS: readonly { readonly maker: CallMaker; readonly title: string; readonly text: string }[] = [
  {
    maker: "caller",
    title: "The caller",
    text: "A person or a pipeline that runs `tidegate`. `tidegate permissions` prints these as a policy, with the app's own ARNs.",
  },
  {
    maker: "deploy-role",
    title: "The bootstrap's deploy role",
    text: "The CDK's bootstrap makes the role with these permissions. A stack that names no such role, or one that the caller may not assume, leaves the calls to the caller.",
  },
  {
    maker: "file-publishing-role",
    title: "The bootstrap's file publishing role",
    text: "The same holds for the uploads of files.",
  },
  {
    maker: "driver",
    title: "The driver in the account",
    text: "A `ReleaseDriver` has a role with these permissions, which the construct makes. `tidegate permissions --driver` prints them.",
  },
];

/** The page of all permissions, made from the table of calls. */
export function renderPermissions(): string {
  return [
    "# Permissions",
    "",
    "This page is made from the code that makes the calls: `node scripts/document-permissions.ts`.",
    "",
    ...INTRODUCTION,
    ...MAKERS.flatMap(({ maker, title, text }) => [
      `## ${title}`,
      "",
      text,
      "",
      ...callTable(AWS_CALLS.filter(({ madeBy }) => madeBy.includes(maker))),
      "",
    ]),
    ...CLOUDFORMATION,
  ].join("\n");
}

const INTRODUCTION = [
  "`tidegate permissions` prints the policy that deploys and releases of an app need, and no more: actions by name, on the",
  "app's own resources. CloudFormation chooses most names, so ARNs hold its patterns: `<stack>-*`, and `<logical id>-*` for",
  "state machines.",
  "",
  "    tidegate permissions --stage prod > policy.json",
  "    tidegate permissions --stage prod --check",
  "    tidegate permissions --stage prod --ci github --repo acme/shop --branch main > ci-role.json",
  "    tidegate permissions --stage prod --ci gitlab --repo acme/shop > ci-role.json",
  "    tidegate permissions --functions",
  "",
  "- Where `cdk.json` names the stage's account, printing needs no credentials.",
  "- `--check` has IAM evaluate the caller's own policies (`iam:SimulatePrincipalPolicy`) and ends with 1 where something is",
  "  missing. It compares with the printed patterns: a policy that names each function by its full name is enough for a",
  "  deploy, and is reported here all the same. Policies of resources are not evaluated.",
  "- `--ci` prints a CloudFormation template: a role with this policy that jobs of the repository take by OpenID Connect,",
  "  narrowed by `--branch` or `--environment`. Set `ProviderExists=true` where the account has the identity provider. The",
  "  role may also check itself with `--check`.",
  "- `--functions` lists what the role of each function was granted, and grants that could be narrower.",
  "",
  "## Before a deploy",
  "",
  "`deploy` makes the same check before it writes or uploads anything, together with that of the bootstrap's version and of",
  "the roles that it assumes. Nothing has to be turned on.",
  "",
  "- Where the caller lacks a permission that every deploy of the app depends on, the deploy ends with 1 and",
  "  `PermissionsMissing`, and prints the statement to add. Resources are compared by the names that they have: a policy",
  "  that names each function is enough.",
  "- Where it lacks one that only some deploys need, `PermissionsIncomplete` warns, and the deploy goes on. So it does where",
  "  IAM's decision depends on conditions that only the real call meets, or on policies of the organization.",
  "- A caller without `iam:SimulatePrincipalPolicy` on itself is not checked, and the deploy says so.",
  "",
];

const CLOUDFORMATION = [
  "## CloudFormation's execution role",
  "",
  "CloudFormation makes the resources with the execution role of the CDK's bootstrap, which is an administrator unless",
  "`cdk bootstrap --cloudformation-execution-policies` says otherwise. A stack without such a role is made with the",
  "caller's own permissions; `tidegate permissions` then names the types of resources that need some.",
  "",
];

function callTable(calls: readonly AwsCall[]): string[] {
  return [
    "| call | permissions | on | why |",
    "| --- | --- | --- | --- |",
    ...calls.map(({ service, operation, actions, on, purpose }) => {
      const needed = actions.length === 0 ? "none" : actions.map((action) => `\`${action}\``).join(", ");
      const others = actions.flatMap((action) =>
        ACTION_TARGETS[action] === undefined ? [] : [`\`${action}\` on ${ACTION_TARGETS[action]}`],
      );
      return `| ${service} \`${operation}\` | ${needed} | ${[TARGETS[on], ...others].join("; ")} | ${purpose} |`;
    }),
  ];
}
