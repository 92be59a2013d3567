import type { Template, TemplateResource } from "../../assembly/assembly.ts";
import { hasResources } from "../../iam/action-table.ts";
import { filled, type PermittedStack } from "./permitted-app.ts";

/** What a function of the app may do. */
export interface FunctionPermissions {
  /** The construct's path, or the logical id where the template names none. */
  readonly path: string;
  readonly stackName: string;
  /** Logical ids of the function and of its role. The role is absent where the app takes one from outside. */
  readonly resource: string;
  readonly role?: string;
  readonly grants: readonly FunctionGrant[];
  /** ARNs of policies that AWS or the account manages. */
  readonly managedPolicies: readonly string[];
}

/** One statement of a role's policies. */
export interface FunctionGrant {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  /** ARNs; parts that CloudFormation fills in are shown as `${Logical.Attribute}`. */
  readonly resources: readonly string[];
  /** Sentences without a full stop about what could be named more narrowly. */
  readonly broad: readonly string[];
}

/** The functions of the stacks, each with what its role was granted in the template. */
export function functionPermissions(stacks: readonly PermittedStack[]): FunctionPermissions[] {
  return stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources ?? {})
      .filter(([, { Type }]) => Type === "AWS::Lambda::Function")
      .map(([id, resource]) => permissionsOf(id, resource, stack)),
  );
}

function permissionsOf(id: string, { Properties }: TemplateResource, stack: PermittedStack): FunctionPermissions {
  const role = referredId(Properties?.["Role"]);
  const policies = role === undefined ? [] : policyDocuments(role, stack.template);
  const managed = role === undefined ? [] : listOf(stack.template.Resources?.[role]?.Properties?.["ManagedPolicyArns"]);
  return {
    path: stack.stack.origins.get(id)?.constructPath.replace(/\/Resource$/, "") ?? id,
    stackName: stack.stackName,
    resource: id,
    ...(role !== undefined && { role }),
    grants: policies.flatMap((policy) => listOf(recordOf(policy)["Statement"])).map((one) => grantOf(one, stack)),
    managedPolicies: managed.map((arn) => filled(textOf(arn), stack)),
  };
}

/** Policies of a role: those that it has inline, and those that are attached to it in the same template. */
function policyDocuments(role: string, { Resources = {} }: Template): unknown[] {
  const inline = listOf(Resources[role]?.Properties?.["Policies"]).map((one) => recordOf(one)["PolicyDocument"]);
  const attached = Object.values(Resources)
    .filter(({ Type }) => Type === "AWS::IAM::Policy" || Type === "AWS::IAM::ManagedPolicy")
    .filter(({ Properties }) => listOf(Properties?.["Roles"]).some((one) => referredId(one) === role))
    .map(({ Properties }) => Properties?.["PolicyDocument"]);
  return [...inline, ...attached];
}

function grantOf(statement: unknown, stack: PermittedStack): FunctionGrant {
  const { Effect, Action, NotAction, Resource, NotResource } = recordOf(statement);
  const actions = [...listOf(Action), ...listOf(NotAction).map((action) => `everything but ${textOf(action)}`)].map(
    textOf,
  );
  const resources = [
    ...listOf(Resource).map(textOf),
    ...listOf(NotResource).map((resource) => `everything but ${textOf(resource)}`),
  ].map((resource) => filled(resource, stack));
  const effect = Effect === "Deny" ? "Deny" : "Allow";
  return { effect, actions, resources, broad: effect === "Deny" ? [] : broadOf(actions, resources) };
}

function broadOf(actions: readonly string[], resources: readonly string[]): string[] {
  const wide = actions.filter((action) => action.includes("*") || action.startsWith("everything but"));
  const anywhere = resources.includes("*") ? actions.filter((action) => wide.includes(action) || canName(action)) : [];
  return [
    ...wide.map((action) => `${action} allows every action that it matches: name those that are used`),
    ...(anywhere.length > 0 ? [`${anywhere.join(", ")} on every resource: name the resources`] : []),
  ];
}

/** An action that IAM does not know may have resources or not: nothing is said of it. */
function canName(action: string): boolean {
  return /^[\w-]+:\w+$/.test(action) && hasResources(action);
}

/** `{"Ref": id}`, `{"Fn::GetAtt": [id, …]}`. */
function referredId(value: unknown): string | undefined {
  const { Ref, "Fn::GetAtt": attribute } = recordOf(value);
  if (typeof Ref === "string") return Ref;
  if (typeof attribute === "string") return attribute.split(".")[0];
  return Array.isArray(attribute) ? textOf(attribute[0]) : undefined;
}

/** A value of a template as people read it. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const { Ref, "Fn::GetAtt": attribute, "Fn::Join": join, "Fn::Sub": sub } = recordOf(value);
  if (typeof Ref === "string") return `\${${Ref}}`;
  if (attribute !== undefined) return `\${${listOf(attribute).map(textOf).join(".")}}`;
  if (Array.isArray(join)) return listOf(join[1]).map(textOf).join(textOf(join[0]));
  if (sub !== undefined) return textOf(listOf(sub)[0]);
  return JSON.stringify(value) ?? "";
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
