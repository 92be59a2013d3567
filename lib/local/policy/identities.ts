import type { NamedPolicy } from "../../iam/evaluate.ts";
import { ANONYMOUS, principalOfArn, servicePrincipal } from "../../iam/principal.ts";
import type { Clock } from "../state/clock.ts";
import type { Collection, Store } from "../state/store.ts";
import { findAwsManagedPolicy } from "./aws-managed-policies.ts";
import type { Caller } from "./caller.ts";
import type {
  AccessKeyRecord,
  GroupRecord,
  IdentityRecord,
  PolicyRecord,
  RoleRecord,
  UserRecord,
} from "./identity-records.ts";
import { readPolicy } from "./read-policy.ts";
import { SESSIONS, type SessionRecord } from "./session-record.ts";

/** Why an access key does not identify a caller. */
export type KeyProblem = "unknown" | "expired";

/** Whom a key identifies, and until when. */
interface Known {
  readonly caller: Caller | KeyProblem;
  /** @default - it does not expire */
  readonly expiresAtMs?: number;
}

const ADMINISTRATOR = readPolicy(
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }),
);

/** What callers and their policies are made of. */
const SOURCES = ["iam.roles", "iam.users", "iam.groups", "iam.policies", "iam.access-keys", SESSIONS];
const MAX_KEPT = 2_000;

/**
 * The account's identities and sessions, as the state keeps them, with their policies. A caller is put together once for
 * each change of any of them.
 */
export class Identities {
  readonly #store: Store;
  #revision = -1;
  readonly #ofKeys = new Map<string, Known>();
  readonly #ofRoles = new Map<string, Caller>();
  #administrator: Caller | undefined;
  readonly #account: string;
  readonly #clock: Clock;
  readonly #roles: Collection<RoleRecord>;
  readonly #users: Collection<UserRecord>;
  readonly #groups: Collection<GroupRecord>;
  readonly #managed: Collection<PolicyRecord>;
  readonly #keys: Collection<AccessKeyRecord>;
  readonly #sessions: Collection<SessionRecord>;

  constructor({ account, clock, store }: { account: string; clock: Clock; store: Store }) {
    this.#account = account;
    this.#clock = clock;
    this.#store = store;
    this.#roles = store.collection("iam.roles");
    this.#users = store.collection("iam.users");
    this.#groups = store.collection("iam.groups");
    this.#managed = store.collection("iam.policies");
    this.#keys = store.collection("iam.access-keys");
    this.#sessions = store.collection(SESSIONS);
  }

  /** The caller of a signing key. A key that was not issued here is the user's own: an administrator. */
  ofKey(accessKeyId: string): Caller | KeyProblem {
    this.#forgetChanged();
    let known = this.#ofKeys.get(accessKeyId);
    if (known === undefined) {
      known = this.#findKey(accessKeyId);
      if (this.#ofKeys.size >= MAX_KEPT) this.#ofKeys.clear();
      this.#ofKeys.set(accessKeyId, known);
    }
    const { caller, expiresAtMs } = known;
    return expiresAtMs !== undefined && expiresAtMs <= this.#clock.now() ? "expired" : caller;
  }

  #findKey(accessKeyId: string): Known {
    const session = this.#sessions.get(accessKeyId);
    if (session !== undefined) return { caller: this.#ofSession(session), expiresAtMs: session.expiresAtMs };
    if (accessKeyId.startsWith("ASIA")) return { caller: "unknown" };
    const key = this.#keys.get(accessKeyId);
    if (key === undefined) return { caller: this.administrator() };
    const user = this.#users.get(key.userName.toLowerCase());
    return { caller: key.status === "Active" && user !== undefined ? this.#ofUser(user) : "unknown" };
  }

  #forgetChanged(): void {
    const revision = SOURCES.reduce((sum, name) => sum + this.#store.revision(name), 0);
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#ofKeys.clear();
    this.#ofRoles.clear();
  }

  /** A session of a role, without credentials of its own; undefined where there is no such role. */
  ofRole(roleArn: string, sessionName: string): Caller | undefined {
    this.#forgetChanged();
    const key = `${roleArn} ${sessionName}`;
    const known = this.#ofRoles.get(key);
    if (known !== undefined) return known;
    const role = this.#findRole(roleArn);
    if (role === undefined) return undefined;
    if (this.#ofRoles.size >= MAX_KEPT) this.#ofRoles.clear();
    const arn = `arn:aws:sts::${this.#account}:assumed-role/${role.name}/${sessionName}`;
    const userId = `${role.id}:${sessionName}`;
    const caller = this.#ofRoleSession(role, { arn, userId, expiresAtMs: Number.MAX_SAFE_INTEGER });
    this.#ofRoles.set(key, caller);
    return caller;
  }

  /** A service of AWS that acts for itself, on behalf of a resource. */
  ofService(service: string, sourceArn: string | undefined): Caller {
    return {
      arn: service,
      principal: servicePrincipal(service),
      policies: { identity: [] },
      facts: {
        "aws:principalisawsservice": ["true"],
        "aws:principalservicename": [service],
        "aws:sourceaccount": [this.#account],
        ...(sourceArn !== undefined && { "aws:sourcearn": [sourceArn] }),
      },
    };
  }

  /** A caller without credentials. */
  anonymous(): Caller {
    return {
      arn: "anonymous",
      principal: ANONYMOUS,
      policies: { identity: [] },
      facts: { "aws:principaltype": ["Anonymous"], "aws:userid": ["anonymous"] },
    };
  }

  /** The text of a managed policy, the account's or AWS's own. */
  managedText(arn: string): string | undefined {
    const policy = this.#managed.get(arn);
    if (policy === undefined) return findAwsManagedPolicy(arn)?.document;
    return policy.versions.find(({ id }) => id === policy.defaultVersion)?.document;
  }

  /** A role's trust policy; undefined where there is no such role. */
  trustOf(roleArn: string): string | undefined {
    return this.#findRole(roleArn)?.trust;
  }

  /** The tags of a role, in the form in which its service answers them. */
  tagsOf(roleArn: string): { readonly Tags: RoleRecord["tags"] } | undefined {
    const role = this.#findRole(roleArn);
    return role && { Tags: role.tags };
  }

  /** The account's root, as which the user's own credentials act. */
  administrator(): Caller {
    return (this.#administrator ??= this.#makeAdministrator());
  }

  #makeAdministrator(): Caller {
    const arn = `arn:aws:iam::${this.#account}:root`;
    return {
      arn,
      principal: { arns: [arn], account: this.#account },
      policies: { identity: named([["AdministratorAccess", ADMINISTRATOR]]) },
      facts: { ...this.#factsOf(arn, this.#account), "aws:principaltype": ["Account"] },
    };
  }

  #ofSession(session: SessionRecord): Caller | KeyProblem {
    const [, kind, name = ""] =
      /^arn:aws:(?:sts|iam)::\d{12}:(assumed-role|federated-user|user|root)(?:\/([^/]+))?/.exec(session.arn) ?? [];
    if (kind === "assumed-role") {
      const role = this.#roles.get(name.toLowerCase());
      return role === undefined ? "unknown" : this.#ofRoleSession(role, session);
    }
    if (kind === "root") return this.administrator();
    if (kind === "federated-user") return this.#ofFederatedUser(session);
    const user = this.#users.get(session.arn.slice(session.arn.lastIndexOf("/") + 1).toLowerCase());
    return user === undefined ? "unknown" : this.#ofUser(user);
  }

  #ofRoleSession(role: RoleRecord, session: SessionRecord): Caller {
    const roleArn = `arn:aws:iam::${this.#account}:role${role.path}${role.name}`;
    const tags = [...role.tags, ...(session.tags ?? [])];
    const { issuedAtMs, sourceIdentity } = session;
    return {
      arn: session.arn,
      principal: { arns: [session.arn, roleArn], account: this.#account },
      policies: { ...this.#policiesOf(role), session: sessionPolicies(session) },
      facts: {
        ...this.#factsOf(roleArn, session.userId),
        ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:principaltag/${Key?.toLowerCase()}`, [Value ?? ""]])),
        ...(issuedAtMs !== undefined && { "aws:tokenissuetime": [new Date(issuedAtMs).toISOString()] }),
        ...(sourceIdentity !== undefined && { "aws:sourceidentity": [sourceIdentity] }),
        "aws:principaltype": ["AssumedRole"],
      },
    };
  }

  /** A federated user may do what both its user and its session policies allow. The root allows everything. */
  #ofFederatedUser(session: SessionRecord): Caller {
    const user = session.federatedBy === undefined ? undefined : this.#users.get(session.federatedBy.toLowerCase());
    const source = user === undefined ? this.administrator() : this.#ofUser(user);
    return {
      arn: session.arn,
      principal: principalOfArn(session.arn),
      policies: { ...source.policies, session: sessionPolicies(session) ?? [] },
      facts: { ...this.#factsOf(session.arn, session.userId), "aws:principaltype": ["FederatedUser"] },
    };
  }

  #ofUser(user: UserRecord): Caller {
    const arn = `arn:aws:iam::${this.#account}:user${user.path}${user.name}`;
    const groups = user.groups.flatMap((group) => this.#groups.get(group.toLowerCase()) ?? []);
    const own = this.#policiesOf(user);
    const identity = [...own.identity, ...groups.flatMap((group) => this.#policiesOf(group).identity)];
    return {
      arn,
      principal: { arns: [arn], account: this.#account },
      policies: { ...own, identity },
      facts: {
        ...this.#factsOf(arn, user.id),
        ...Object.fromEntries(
          user.tags.map(({ Key, Value }) => [`aws:principaltag/${Key?.toLowerCase()}`, [Value ?? ""]]),
        ),
        "aws:username": [user.name],
        "aws:principaltype": ["User"],
      },
    };
  }

  #policiesOf({ inline, attached, boundary }: IdentityRecord) {
    const own = inline.map(({ name, document }) => [name, readPolicy(document)] as const);
    return {
      identity: named([...own, ...attached.map((arn) => [arn, readPolicy(this.managedText(arn))] as const)]),
      boundary: boundary === undefined ? undefined : named([[boundary, readPolicy(this.managedText(boundary))]]),
    };
  }

  #factsOf(principalArn: string, userId: string): Record<string, readonly string[]> {
    return {
      "aws:principalarn": [principalArn],
      "aws:principalaccount": [this.#account],
      "aws:principalisawsservice": ["false"],
      "aws:userid": [userId],
    };
  }

  #findRole(roleArn: string): RoleRecord | undefined {
    const [, account, path = "/", name = ""] =
      /^arn:aws[\w-]*:iam::(\d{12}):role(\/(?:.*\/)?)([^/]+)$/.exec(roleArn) ?? [];
    const role = account === this.#account ? this.#roles.get(name.toLowerCase()) : undefined;
    return role?.path === path ? role : undefined;
  }
}

function sessionPolicies({ policies }: SessionRecord): readonly NamedPolicy[] | undefined {
  return policies && named(policies.map((text, index) => [`session.${index}`, readPolicy(text)]));
}

/** The policies that could be read; one whose document is not supported allows nothing. */
function named(policies: readonly (readonly [string, ReturnType<typeof readPolicy>])[]): NamedPolicy[] {
  return policies.flatMap(([id, document]) => (document === undefined ? [] : [{ id, document }]));
}
