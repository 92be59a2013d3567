import type { AttachedPolicy } from "@aws-sdk/client-iam";
import { policyExists } from "./find-policy.ts";
import { identitiesOf, keyOf, requireIdentity, type Iam } from "./context.ts";
import { iamValidation, limitExceeded, noSuchEntity } from "./errors.ts";
import { readPage } from "./paging.ts";
import type { IdentityKind } from "../../policy/identity-records.ts";

const MOST_ATTACHED = 10;

/** Attaches a managed policy to a role, user or group: at most 10. Doing it again is not an error. */
export function attachPolicy(iam: Iam, kind: IdentityKind, name: string, arn: string): object {
  const identity = requireIdentity(iam, kind, name);
  if (!/^arn:[\w-]+:iam::(\d{12}|aws):policy\/.+$/.test(arn)) throw iamValidation(`ARN ${arn} is not valid.`);
  if (!policyExists(iam, arn)) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  if (identity.attached.includes(arn)) return {};
  if (identity.attached.length >= MOST_ATTACHED) {
    const plural = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
    throw limitExceeded(`Cannot exceed quota for PoliciesPer${plural}: ${MOST_ATTACHED}`);
  }
  identitiesOf(iam, kind).put(keyOf(name), { ...identity, attached: [...identity.attached, arn] });
  return {};
}

/** Detaches a managed policy. `NoSuchEntityException` where it is not attached. */
export function detachPolicy(iam: Iam, kind: IdentityKind, name: string, arn: string): object {
  const identity = requireIdentity(iam, kind, name);
  if (!identity.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
  const attached = identity.attached.filter((each) => each !== arn);
  identitiesOf(iam, kind).put(keyOf(name), { ...identity, attached });
  return {};
}

/** The input of the lists of attached policies. */
interface AttachedQuery {
  readonly PathPrefix?: string | undefined;
  readonly MaxItems?: number;
  readonly Marker?: string;
}

/** Lists the managed policies that are attached, by path prefix, a page at a time. */
export function listAttached(iam: Iam, kind: IdentityKind, name: string, query: AttachedQuery) {
  const prefix = query.PathPrefix ?? "/";
  const { attached } = requireIdentity(iam, kind, name);
  const page = readPage(
    attached.filter((arn) => arn.slice(arn.indexOf("/")).startsWith(prefix)),
    query,
  );
  return { AttachedPolicies: page.items.map(describe), ...page.paging };
}

function describe(arn: string): AttachedPolicy {
  return { PolicyName: arn.slice(arn.lastIndexOf("/") + 1), PolicyArn: arn };
}
