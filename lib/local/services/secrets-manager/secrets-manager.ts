import type { LocalService, ServiceFactory } from "../../service.ts";
import { batchGetValues, describeSecret, listSecrets, listVersionIds } from "./find-secrets.ts";
import { getRandomPassword } from "./random-password.ts";
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from "./resource-policy.ts";
import { createSecret, deleteSecret, restoreSecret, updateSecret } from "./secret-lifecycle.ts";
import { getSecretValue, putSecretValue, updateVersionStage } from "./secret-values.ts";
import { openSecrets } from "./context.ts";
import { tagSecret, untagSecret } from "./tags.ts";

/** Makes Secrets Manager: secrets with versions and stages, encrypted at rest. */
export const createSecretsManager: ServiceFactory<"secrets-manager"> = (cloud): LocalService<"secrets-manager"> => {
  const secrets = openSecrets(cloud);
  return {
    name: "secrets-manager",
    operations: {
      BatchGetSecretValue: (input, context) => batchGetValues(secrets, input, context),
      CreateSecret: (input, context) => createSecret(secrets, input, context),
      DeleteResourcePolicy: (input, context) => deleteResourcePolicy(secrets, input, context),
      DeleteSecret: (input, context) => deleteSecret(secrets, input, context),
      DescribeSecret: (input, context) => describeSecret(secrets, input, context),
      GetRandomPassword: (input) => getRandomPassword(input),
      GetResourcePolicy: (input, context) => getResourcePolicy(secrets, input, context),
      GetSecretValue: (input, context) => getSecretValue(secrets, input, context),
      ListSecrets: (input, context) => listSecrets(secrets, input, context),
      ListSecretVersionIds: (input, context) => listVersionIds(secrets, input, context),
      PutResourcePolicy: (input, context) => putResourcePolicy(secrets, input, context),
      PutSecretValue: (input, context) => putSecretValue(secrets, input, context),
      RestoreSecret: (input, context) => restoreSecret(secrets, input, context),
      TagResource: (input, context) => tagSecret(secrets, input, context),
      UntagResource: (input, context) => untagSecret(secrets, input, context),
      UpdateSecret: (input, context) => updateSecret(secrets, input, context),
      UpdateSecretVersionStage: (input, context) => updateVersionStage(secrets, input, context),
    },
  };
};
