import type { LocalService, ServiceFactory } from "../../service.ts";
import { resumeMoveTasks } from "./move-tasks.ts";
import { openSqs } from "./context.ts";
import { operationsOf } from "./operations.ts";

/** Makes SQS: standard and FIFO queues whose messages survive a restart. */
export const createSqs: ServiceFactory<"sqs"> = (cloud): LocalService<"sqs"> => {
  const sqs = openSqs(cloud);
  return {
    name: "sqs",
    operations: operationsOf(sqs),
    resourcePolicy(arn) {
      const [, , , region = "", , name = ""] = arn.split(":");
      return sqs.queues.get(`${region}/${name}`)?.attributes["Policy"];
    },
    start: () => resumeMoveTasks(sqs),
    stop: () => sqs.stopping.abort(),
  };
};
