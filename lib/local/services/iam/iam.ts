import { arnOfIdentity } from "./identity-arn.ts";
import type { LocalService, ServiceFactory } from "../../service.ts";
import { openIam } from "./context.ts";
import { identityOperations } from "./identity-operations.ts";
import { operationsOf } from "./operations.ts";

/** Makes IAM: identities, policies and their evaluation. It is global: every region sees the same. */
export const createIam: ServiceFactory<"iam"> = (cloud): LocalService<"iam"> => {
  const iam = openIam(cloud);
  return {
    name: "iam",
    operations: { ...operationsOf(iam), ...identityOperations(iam) },
    resourceArn: (_operation, input) => arnOfIdentity(iam, input),
  };
};
