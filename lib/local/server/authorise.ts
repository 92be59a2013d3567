import { decideAccess } from "../../iam/decide.ts";
import type { NamedPolicy } from "../../iam/evaluate.ts";
import type { Permission, RequestInput } from "../../iam/permissions/permission.ts";
import { isStructure, textOf } from "../../iam/permissions/read-input.ts";
import { isAwsError } from "../aws-error.ts";
import type { ActingFor, Caller } from "../policy/caller.ts";
import { DecisionCache } from "../policy/decision-cache.ts";
import type { IamMode } from "../policy/iam-mode.ts";
import { Identities } from "../policy/identities.ts";
import { LazyFacts } from "../policy/lazy-facts.ts";
import { readPolicy } from "../policy/read-policy.ts";
import { resourceTagFacts, TagMentions } from "../policy/resource-tags.ts";
import { tagReaderOf } from "../policy/tag-readers.ts";
import { accessDenied, describeDenial, invalidKey, roleNotAssumable, type Denial } from "../policy/refusals.ts";
import { handlerOf } from "./handler-of.ts";
import type { Cloud, LocalService, RequestContext, ServiceName, Visit, Visitor } from "../service.ts";

/** One call of an operation, on its way to the service. */
export interface AuthorisedCall {
  readonly service: LocalService;
  readonly operation: string;
  readonly input: unknown;
  readonly context: RequestContext;
}

/** One permission that a caller needed, and whether its policies gave it. */
export interface Access {
  /** The caller as refusals name it: a session's or a user's ARN, or a service's name. */
  readonly caller: string;
  readonly permission: Permission;
  readonly allowed: boolean;
}

/** AWS's words for the parts of a call that are refused, by their places. */
type RefusedParts = ReadonlyMap<number, string>;

const NONE: RefusedParts = new Map();

/** Receives each permission that is decided, before the call is run or refused. */
export type AccessObserver = (access: Access) => void;

type PermissionsOf = (typeof import("../../iam/permissions/permissions-of.ts"))["permissionsOf"];
type AuthorisedCloud = Pick<Cloud, "account" | "clock" | "store" | "log">;

/** Decides every call by IAM's policies, between finding its operation and running it. */
export class Authoriser {
  readonly #mode: IamMode;
  readonly #cloud: AuthorisedCloud;
  readonly #identities: Identities;
  readonly #onAccess: AccessObserver | undefined;
  readonly #decisions = new DecisionCache();
  readonly #tagMentions = new TagMentions();
  #permissionsOf: PermissionsOf | undefined;

  constructor(mode: IamMode, cloud: AuthorisedCloud, onAccess?: AccessObserver) {
    this.#mode = mode;
    this.#onAccess = onAccess;
    this.#cloud = cloud;
    this.#identities = new Identities(cloud);
  }

  /**
   * A call from outside, by the key that signed it. Unsigned calls are the services' own to judge. Returns the parts of the
   * call that are refused, with AWS's words.
   */
  async checkSigned(call: AuthorisedCall): Promise<RefusedParts> {
    const { accessKeyId } = call.context;
    if (this.#mode === "off" || accessKeyId === undefined) return NONE;
    return this.#check(call, this.#ofKey(accessKeyId, call.service.name));
  }

  /** A call that one service makes for another principal than itself. Returns the parts that are refused. */
  async checkActing(call: AuthorisedCall, acting: ActingFor): Promise<RefusedParts> {
    if (this.#mode === "off") return NONE;
    return this.#check(call, this.#actor(acting, call.service.name));
  }

  /** One permission of a principal, for an action that the local cloud carries no operation of. */
  checkPermission(permission: Permission, { region, as }: { readonly region: string; readonly as: ActingFor }): void {
    if (this.#mode === "off") return;
    const caller = this.#actor(as, "iam");
    const denial = this.#decide(caller, permission, undefined, region);
    this.#onAccess?.({ caller: caller.arn, permission, allowed: denial === undefined });
    if (denial !== undefined) this.#refuse("iam", caller, permission, denial);
  }

  /** `Cloud.admit`. */
  admit({ service, accessKeyId, permissions, region, policy }: Visit): Visitor | undefined {
    const caller = this.#visitor(accessKeyId);
    if (caller === undefined) return undefined;
    for (const permission of this.#mode === "off" ? [] : permissions) {
      const denial = this.#decide(caller, permission, policy, region);
      this.#onAccess?.({ caller: caller.arn, permission, allowed: denial === undefined });
      if (denial !== undefined && this.#mode === "enforce") return undefined;
      if (denial !== undefined) this.#refuse(service, caller, permission, denial);
    }
    return { arn: caller.arn, userId: caller.facts["aws:userid"]?.[0] ?? "" };
  }

  /** Who made a request that may be unsigned; undefined for a key that is unknown or expired. */
  #visitor(accessKeyId: string | undefined): Caller | undefined {
    if (accessKeyId === undefined) return this.#identities.anonymous();
    const caller = this.#identities.ofKey(accessKeyId);
    if (typeof caller !== "string") return caller;
    return this.#mode === "off" ? this.#identities.administrator() : undefined;
  }

  /**
   * S3 does not reveal missing objects to a caller that may not list the bucket: such a caller gets AccessDenied.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
   */
  checkMissing({ service, input, context }: AuthorisedCall, error: unknown): void {
    const { accessKeyId } = context;
    if (this.#mode === "off" || accessKeyId === undefined) return;
    if (service.name !== "s3" || !isAwsError(error, "NoSuchKey") || !isStructure(input)) return;
    const permission = { action: "s3:ListBucket", resource: `arn:aws:s3:::${textOf(input, "Bucket")}` };
    this.#judge(service, this.#ofKey(accessKeyId, service.name), permission, context.region);
  }

  #actor(acting: ActingFor, service: ServiceName): Caller {
    if ("accessKeyId" in acting) return this.#ofKey(acting.accessKeyId, service);
    const itself = this.#identities.ofService(acting.service, acting.sourceArn);
    if (!("roleArn" in acting)) return itself;
    const assumption = { action: "sts:AssumeRole", resource: acting.roleArn };
    const denial = this.#decide(itself, assumption, this.#identities.trustOf(acting.roleArn), "us-east-1");
    if (denial !== undefined && this.#mode === "enforce") throw roleNotAssumable(itself, assumption, denial);
    if (denial !== undefined) this.#refuse("sts", itself, assumption, denial);
    // Where refusals are only logged, a role that does not exist may do everything.
    return this.#identities.ofRole(acting.roleArn, acting.sessionName) ?? this.#identities.administrator();
  }

  #ofKey(accessKeyId: string, service: ServiceName): Caller {
    const caller = this.#identities.ofKey(accessKeyId);
    if (typeof caller === "string") throw invalidKey(service, caller);
    return caller;
  }

  async #check({ service, operation, input, context }: AuthorisedCall, caller: Caller): Promise<RefusedParts> {
    const permissionsOf = this.#permissionsOf ?? (await this.#loadPermissions());
    const request: RequestInput = isStructure(input) ? input : {};
    const findResource = (asked: RequestInput) => service.resourceArn?.(operation, asked, context);
    const place = { account: this.#cloud.account, region: context.region, findResource };
    const refused = new Map<number, string>();
    for (const permission of permissionsOf(service.name, operation, request, place)) {
      try {
        const policy = this.#resourcePolicy(service, permission);
        const known = this.#tagMentions.has(caller, policy)
          ? await this.#withTags(service, permission, context)
          : permission;
        this.#judge(service, caller, known, context.region, policy);
      } catch (error) {
        if (permission.part === undefined || !isAwsError(error)) throw error;
        refused.set(permission.part, error.message);
      }
    }
    return refused;
  }

  /** The permission with the resource's tags, for policies that read them. */
  async #withTags(service: LocalService, permission: Permission, context: RequestContext): Promise<Permission> {
    const { resource } = permission;
    const tags = resource.includes(":role/")
      ? this.#identities.tagsOf(resource)
      : await readTagsOf(service, resource, context);
    return { ...permission, facts: { ...permission.facts, ...resourceTagFacts(resource, tags) } };
  }

  /** With the first call: a cloud that starts has more urgent things to do. */
  async #loadPermissions(): Promise<PermissionsOf> {
    const { permissionsOf } = await import("../../iam/permissions/permissions-of.ts");
    this.#permissionsOf = permissionsOf;
    return permissionsOf;
  }

  #judge(
    service: LocalService,
    caller: Caller,
    permission: Permission,
    region: string,
    policy: string | undefined = this.#resourcePolicy(service, permission),
  ): void {
    const denial = this.#decide(caller, permission, policy, region);
    this.#onAccess?.({ caller: caller.arn, permission, allowed: denial === undefined });
    if (denial !== undefined) this.#refuse(service.name, caller, permission, denial);
  }

  /** A role's trust policy is its resource policy; handing it on is a matter of the caller's own policies. */
  #resourcePolicy(service: LocalService, { action, resource }: Permission): string | undefined {
    if (action.startsWith("sts:")) return this.#identities.trustOf(resource);
    return action.startsWith("iam:") ? undefined : service.resourcePolicy?.(resource);
  }

  #decide(caller: Caller, permission: Permission, policy: string | undefined, region: string): Denial | undefined {
    const { action, resource } = permission;
    const key = `${action} ${resource}`;
    const known = this.#decisions.find(caller, key, policy);
    if (known !== undefined) return known.denial;
    // A bucket's ARN names no account, and that of an AWS-managed policy names AWS.
    const resourceAccount = /^\d{12}$/.exec(resource.split(":")[4] ?? "")?.[0] ?? this.#cloud.account;
    const context = this.#factsOf(caller, permission, region, resourceAccount);
    const decision = decideAccess({
      request: { action, resource, principal: caller.principal, context },
      caller: caller.policies,
      resource: namedResource(policy),
      resourceAccount,
      needsResourcePolicy: action.startsWith("sts:AssumeRole"),
    });
    const denial = decision.decision === "allowed" ? undefined : decision;
    if (!context.wereRead) this.#decisions.keep(caller, key, policy, { denial });
    return denial;
  }

  #factsOf(caller: Caller, { facts = {} }: Permission, region: string, resourceAccount: string): LazyFacts {
    return new LazyFacts(
      () =>
        new Map([
          ...this.#commonFacts(region, resourceAccount),
          ...Object.entries(caller.facts),
          ...Object.entries(facts),
        ]),
    );
  }

  #commonFacts(region: string, resourceAccount: string): [string, readonly string[]][] {
    const nowMs = this.#cloud.clock.now();
    return [
      ["aws:currenttime", [new Date(nowMs).toISOString()]],
      ["aws:epochtime", [String(Math.floor(nowMs / 1000))]],
      // Loopback counts as TLS: a policy that refuses plain HTTP does not mean the local cloud's own transport.
      ["aws:securetransport", ["true"]],
      ["aws:sourceip", ["127.0.0.1"]],
      ["aws:requestedregion", [region]],
      ["aws:resourceaccount", [resourceAccount]],
      ["s3:resourceaccount", [resourceAccount]],
      ["aws:viaawsservice", ["false"]],
    ];
  }

  #refuse(service: ServiceName, caller: Caller, permission: Permission, denial: Denial): void {
    if (this.#mode === "enforce") throw accessDenied(service, caller, permission, denial);
    const missing = JSON.stringify({ Effect: "Allow", Action: permission.action, Resource: permission.resource });
    const fix = denial.decision === "explicitDeny" ? "" : `. Missing: ${missing}`;
    this.#cloud.log(`iam: ${describeDenial(service, caller, permission, denial)}${fix}`);
  }
}

/** Tags of one of the service's own resources. Undefined for one that is not there. */
async function readTagsOf(service: LocalService, arn: string, context: RequestContext): Promise<unknown> {
  const reader = tagReaderOf(arn);
  if (reader === undefined || reader.service !== service.name) return undefined;
  const { account, region, requestId } = context;
  try {
    return await handlerOf(service, reader.operation)(reader.input, { account, region, requestId });
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

function namedResource(text: string | undefined): NamedPolicy[] {
  const document = readPolicy(text);
  return document === undefined ? [] : [{ id: "resource", document }];
}
