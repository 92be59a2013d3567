import type { LocalService, ServiceFactory } from "../../service.ts";
import { openSsm } from "./context.ts";
import { operationsOf } from "./operations.ts";

/** Makes Systems Manager's Parameter Store. */
export const createSsm: ServiceFactory<"ssm"> = (cloud): LocalService<"ssm"> => {
  const ssm = openSsm(cloud);
  return {
    name: "ssm",
    operations: operationsOf(ssm),
  };
};
