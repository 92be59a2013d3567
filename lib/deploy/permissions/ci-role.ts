import { UserError } from "../../errors.ts";
import type { AllowPolicy } from "./policy.ts";

/** Where a pipeline runs, and which of its jobs may take the role. */
export interface CiSource {
  readonly kind: "github" | "gitlab";
  /** `owner/name` at GitHub, the project's path at GitLab. */
  readonly repository: string;
  /** @default - every branch, tag and pull request of the repository */
  readonly branch?: string;
  /** A GitHub environment; its jobs are named by it and not by their branch. @default - jobs of no environment in particular */
  readonly environment?: string;
  /** GitLab's own address where it is not gitlab.com. @default "gitlab.com" */
  readonly host?: string;
}

/** What a role for a pipeline is made of. */
export interface CiRole {
  readonly roleName: string;
  readonly account: string;
  readonly partition: string;
  readonly policy: AllowPolicy;
}

/** IAM's quota of a role's inline policies together, in characters without white space. */
const MAX_INLINE_POLICIES = 10_240;

/**
 * A CloudFormation template with a role that jobs of a repository take by OpenID Connect, without any stored key.
 * https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services
 * https://docs.gitlab.com/ci/cloud_services/aws/
 */
export function ciRoleTemplate(source: CiSource, { roleName, account, partition, policy }: CiRole): object {
  const length = JSON.stringify(policy).length;
  if (length > MAX_INLINE_POLICIES)
    throw new UserError(
      "PolicyTooLong",
      `The policy has ${length} characters, and IAM takes ${MAX_INLINE_POLICIES} of a role's inline policies`,
      { fix: "Name the stacks of one pipeline: `tidegate permissions Stack --ci …` makes a role for these alone." },
    );
  return {
    Description: `Tidegate: the role of ${source.repository}'s pipeline`,
    Parameters: {
      ProviderExists: {
        Type: "String",
        Default: "false",
        AllowedValues: ["true", "false"],
        Description: `true where the account has an identity provider for ${issuerOf(source)} already`,
      },
    },
    Conditions: { MakesProvider: { "Fn::Equals": [{ Ref: "ProviderExists" }, "false"] } },
    Resources: {
      Provider: {
        Type: "AWS::IAM::OIDCProvider",
        Condition: "MakesProvider",
        Properties: { Url: `https://${issuerOf(source)}`, ClientIdList: [audienceOf(source)] },
      },
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          RoleName: roleName,
          AssumeRolePolicyDocument: trustPolicy(source, account, partition),
          Policies: [{ PolicyName: "tidegate", PolicyDocument: policy }],
        },
      },
    },
    Outputs: { RoleArn: { Value: { "Fn::GetAtt": ["Role", "Arn"] } } },
  };
}

/** The role's trust policy: jobs of the repository, narrowed to a branch or an environment, and no others. */
export function trustPolicy(source: CiSource, account: string, partition: string) {
  const issuer = issuerOf(source);
  const subject = subjectOf(source);
  const match = subject.includes("*") ? "StringLike" : "StringEquals";
  const audience = { [`${issuer}:aud`]: audienceOf(source) };
  const bySubject = { [`${issuer}:sub`]: subject };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${issuer}` },
        Condition:
          match === "StringEquals"
            ? { StringEquals: { ...audience, ...bySubject } }
            : { StringEquals: audience, StringLike: bySubject },
      },
    ],
  };
}

function issuerOf({ kind, host = "gitlab.com" }: CiSource): string {
  return kind === "github" ? "token.actions.githubusercontent.com" : host;
}

/** The audience of the job's token. */
function audienceOf(source: CiSource): string {
  return source.kind === "github" ? "sts.amazonaws.com" : `https://${issuerOf(source)}`;
}

function subjectOf({ kind, repository, branch, environment }: CiSource): string {
  if (kind === "gitlab") return `project_path:${repository}:ref_type:branch:ref:${branch ?? "*"}`;
  if (environment !== undefined) return `repo:${repository}:environment:${environment}`;
  return branch === undefined ? `repo:${repository}:*` : `repo:${repository}:ref:refs/heads/${branch}`;
}

/** Refuses a repository that is not an `owner/name`: a wildcard in it would let other repositories in. */
export function checkCiSource(source: CiSource): void {
  const { kind, repository, branch, environment } = source;
  const shape = kind === "github" ? /^[\w.-]+\/[\w.-]+$/ : /^[\w.-]+(\/[\w.-]+)+$/;
  const wrong = shape.test(repository) ? undefined : `expected ${kind === "github" ? "owner/name" : "group/project"}`;
  if (wrong !== undefined)
    throw new UserError("RepositoryWrong", `The repository is ${JSON.stringify(repository)}: ${wrong}`, {
      fix: `Name it as ${kind === "github" ? "GitHub" : "GitLab"}'s address does, for example --repo acme/shop.`,
    });
  if (environment !== undefined && (kind === "gitlab" || branch !== undefined))
    throw new UserError(
      "EnvironmentWrong",
      kind === "gitlab"
        ? "GitLab's tokens name a branch, not an environment"
        : "A job of a GitHub environment is named by it, not by its branch",
      { fix: "Give --branch or --environment, not both; --environment is GitHub's." },
    );
}
