import type { FindPermissions, Permission, Place, RequestInput } from "./permission.ts";
import { textOf, textsOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
export const findSecretsmanagerPermissions: FindPermissions = (operation, input, place) => {
  const listed = operation === "BatchGetSecretValue" ? textsOf(input, "SecretIdList") : [];
  const values: Permission[] = listed.map((id) => ({
    action: "secretsmanager:GetSecretValue",
    resource: secretArn(id, place, { SecretId: id }),
  }));
  const id = textOf(input, "SecretId", "Name");
  const stage = textOf(input, "VersionStage");
  const facts = { ...tagFacts(input), ...(stage !== undefined && { "secretsmanager:versionstage": [stage] }) };
  const resource = id === undefined ? "*" : secretArn(id, place, input);
  return [{ action: `secretsmanager:${operation}`, resource, facts }, ...values];
};

/** A secret that exists has six characters behind its name; one that is named before it exists has none yet. */
function secretArn(id: string, place: Place, input: RequestInput): string {
  const found = place.findResource?.(input);
  if (found !== undefined) return found;
  return id.startsWith("arn:") ? id : `arn:aws:secretsmanager:${place.region}:${place.account}:secret:${id}`;
}
