import type { Template, TemplateResource } from "../../assembly/assembly.ts";
import type { ReleaseMember } from "../../assembly/release-metadata.ts";
import { referencesOf } from "../../template/references.ts";
import { namesIn } from "./resource-graph.ts";

/** What a member may use through the role that it runs as, as far as the template says. */
export interface RoleGrants {
  /** Logical ids of the role and of the policies that are attached to it. */
  readonly sources: readonly string[];
  /**
   * Prefixes of the resource types that the role may use under any name, for example `AWS::SQS::`; `AWS::` where the
   * template does not say what the role may do.
   */
  readonly open: readonly string[];
}

const POLICY_TYPES = new Set(["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"]);
const ANYTHING = "AWS::";

/** The resource types behind a service's action prefix. A service that is not listed has no resources of a stack. */
const TYPES_OF_SERVICE: Readonly<Record<string, string>> = {
  "*": ANYTHING,
  dynamodb: "AWS::DynamoDB::",
  events: "AWS::Events::",
  "execute-api": "AWS::ApiGateway",
  kinesis: "AWS::Kinesis::",
  kms: "AWS::KMS::",
  lambda: "AWS::Lambda::",
  s3: "AWS::S3::",
  scheduler: "AWS::Scheduler::",
  secretsmanager: "AWS::SecretsManager::",
  sns: "AWS::SNS::",
  sqs: "AWS::SQS::",
  ssm: "AWS::SSM::",
  states: "AWS::StepFunctions::",
};

/** AWS's own policies that name no resource of an app. */
const NARROW_POLICIES = /service-role\/AWSLambda(BasicExecutionRole|VPCAccessExecutionRole)|AWSXRay/;

/** What the role of a member may use. A role from elsewhere may use anything. */
export function roleGrantsOf(template: Template, { resource }: Pick<ReleaseMember, "resource">): RoleGrants {
  const { Resources = {} } = template;
  const { Role, RoleArn } = Resources[resource]?.Properties ?? {};
  const roles = namesIn(Role ?? RoleArn).filter((name) => Resources[name]?.Type === "AWS::IAM::Role");
  if (roles.length === 0) return { sources: [], open: [ANYTHING] };
  const attached = Object.entries(Resources).filter(([, candidate]) => isAttached(candidate, roles));
  const sources = [...roles, ...attached.map(([id]) => id)];
  return { sources, open: [...new Set(sources.flatMap((id) => openGrants(Resources[id]?.Properties)))] };
}

function isAttached({ Type, Properties = {} }: TemplateResource, roles: readonly string[]): boolean {
  return (
    POLICY_TYPES.has(Type) && namesIn([Properties["Roles"], Properties["RoleName"]]).some((id) => roles.includes(id))
  );
}

function openGrants(properties: Readonly<Record<string, unknown>> = {}): string[] {
  const { ManagedPolicyArns, AssumeRolePolicyDocument: _trust, ...policies } = properties;
  const foreign = JSON.stringify(ManagedPolicyArns ?? []);
  const isForeign = /:policy\//.test(foreign) && !onlyNarrow(ManagedPolicyArns);
  return [...(isForeign ? [ANYTHING] : []), ...statementsIn(policies).flatMap(openTypes)];
}

function onlyNarrow(arns: unknown): boolean {
  return Array.isArray(arns) && arns.every((arn) => NARROW_POLICIES.test(JSON.stringify(arn)));
}

/** Every statement of every policy document in a value. */
function statementsIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  if ("Effect" in value && ("Action" in value || "NotAction" in value)) return [Object.fromEntries(entries)];
  return entries.flatMap(([, inner]) => statementsIn(inner));
}

/** A statement whose resources are names, and not references, may mean anything of the services that it allows. */
function openTypes({ Effect, Action, NotAction, Resource }: Record<string, unknown>): string[] {
  if (Effect !== "Allow" || listOf(Resource).every(isReference)) return [];
  if (NotAction !== undefined) return [ANYTHING];
  return listOf(Action).flatMap((action) => {
    const service = typeof action === "string" ? action.split(":")[0]?.toLowerCase() : "*";
    const prefix = TYPES_OF_SERVICE[service ?? "*"];
    return prefix === undefined ? [] : [prefix];
  });
}

/** Whether a statement's resource is one of the template, and not a name that is built by hand. */
function isReference(resource: unknown): boolean {
  return referencesOf(resource).some((found) => found.kind !== "Ref" || !found.target.startsWith("AWS::"));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
