import type { Statement } from "./policy-document.ts";
import { ANONYMOUS, type Principal, type PrincipalMatch } from "./principal.ts";

type Names = ReadonlyMap<string, readonly string[]>;

/**
 * How a statement names the caller; undefined where it is about others. A statement without a principal, as in the
 * policy of an identity, is about every caller: `anyone`.
 */
export function matchPrincipal(
  { effect, principals, notPrincipals }: Statement,
  principal: Principal = ANONYMOUS,
): PrincipalMatch | undefined {
  if (principals !== undefined) return findName(principals, principal);
  if (notPrincipals === undefined) return "anyone";
  const isExempt =
    effect === "Deny" ? isWhollyNamed(notPrincipals, principal) : findName(notPrincipals, principal) !== undefined;
  return isExempt ? undefined : "anyone";
}

function findName(names: Names, principal: Principal): PrincipalMatch | undefined {
  const given = names.get("AWS") ?? [];
  const arn = principal.arns.find((each) => given.includes(each));
  if (arn !== undefined) return kindOf(arn);
  if (given.includes("*")) return "anyone";
  if (principal.account !== undefined && given.some((name) => accountOf(name) === principal.account)) return "account";
  if (isServiceNamed(names.get("Service") ?? [], principal.service)) return "service";
  const federated = principal.federated !== undefined && names.get("Federated")?.includes(principal.federated);
  return federated ? "federated" : undefined;
}

/**
 * `NotPrincipal` with `Deny` exempts a caller only where all of its names are listed: a session, its role and the
 * account. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isWhollyNamed(names: Names, principal: Principal): boolean {
  const given = names.get("AWS") ?? [];
  if (given.includes("*")) return true;
  if (principal.arns.length === 0) return findName(names, principal) !== undefined;
  return (
    principal.arns.every((arn) => given.includes(arn)) && given.some((name) => accountOf(name) === principal.account)
  );
}

/** The account that a name represents as a whole: its id or its root's ARN. */
function accountOf(name: string): string | undefined {
  return /^(?:arn:aws[\w-]*:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1];
}

/** A service also has a name for each region: `states.eu-west-1.amazonaws.com` is `states.amazonaws.com`. */
function isServiceNamed(names: readonly string[], service: string | undefined): boolean {
  if (service === undefined) return false;
  return names.some((name) => name === "*" || name === service || withoutRegion(name) === service);
}

function withoutRegion(name: string): string {
  return name.replace(/^([a-z0-9-]+)\.[a-z]{2}(?:-[a-z]+)+-\d\.(amazonaws\.com(?:\.cn)?)$/, "$1.$2");
}

function kindOf(arn: string): PrincipalMatch {
  const resource = arn.split(":")[5] ?? "";
  if (resource === "root") return "account";
  if (resource.startsWith("assumed-role/")) return "session";
  return resource.startsWith("role/") ? "role" : "user";
}
