import type { LocalService, ServiceFactory } from "../../service.ts";
import { findSecret, findSecretByArn, openSecrets } from "./context.ts";
import { operationsOf } from "./operations.ts";

/** Makes Secrets Manager: secrets with versions and stages, encrypted at rest. */
export const createSecretsManager: ServiceFactory<"secrets-manager"> = (cloud): LocalService<"secrets-manager"> => {
  const secrets = openSecrets(cloud);
  return {
    name: "secrets-manager",
    operations: operationsOf(secrets),
    resourceArn: (_operation, { SecretId: id }, context) =>
      typeof id === "string" ? findSecret(secrets, context, id)?.arn : undefined,
    resourcePolicy: (arn) => findSecretByArn(secrets, arn)?.policy,
  };
};
