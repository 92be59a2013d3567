import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Secrets } from "./context.ts";
import * as findSecrets from "./find-secrets.ts";
import * as resourcePolicy from "./resource-policy.ts";
import * as secretLifecycle from "./secret-lifecycle.ts";
import * as secretValues from "./secret-values.ts";
import * as tags from "./tags.ts";
import * as randomPassword from "./random-password.ts";

/** The operations of Secrets Manager that are carried. */
export function operationsOf(secrets: Secrets): Operations<"secrets-manager"> {
  return bindOperations("secrets-manager", secrets, [
    randomPassword,
    findSecrets,
    resourcePolicy,
    secretLifecycle,
    secretValues,
    tags,
  ]);
}
