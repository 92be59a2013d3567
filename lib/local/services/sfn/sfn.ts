import type { LocalService, ServiceFactory } from "../../service.ts";
import { openSfn } from "./context.ts";
import { operationsOf } from "./operations.ts";

/** Makes Step Functions: state machines with versions and aliases, and executions that survive a restart. */
export const createSfn: ServiceFactory<"sfn"> = (cloud): LocalService<"sfn"> => {
  const sfn = openSfn(cloud);
  return {
    name: "sfn",
    operations: operationsOf(sfn),
    resourceArn: (_operation, { taskToken: token }) =>
      typeof token === "string" ? sfn.desk.resourceOf(token) : undefined,
    start: () => {
      sfn.statusEvents.start();
      sfn.runner.resume();
    },
    stop: async () => {
      await sfn.runner.shutdown();
      sfn.expressions.close();
      sfn.statusEvents.stop();
      await sfn.metrics.close();
    },
  };
};
