import { policyOfArn } from "./tables/resource-policy.ts";
import type { Cloud, LocalService } from "../../service.ts";
import { openEngine } from "./context.ts";
import { operationsOf } from "./operations.ts";
import { Sweeper } from "./sweep.ts";

/** DynamoDB: our own engine on the cloud's SQLite file. See the README for what it leaves out. */
export function createDynamodb(cloud: Cloud): LocalService<"dynamodb"> {
  const engine = openEngine(cloud);
  const sweeper = new Sweeper(engine);
  return {
    name: "dynamodb",
    operations: operationsOf(engine),
    resourcePolicy: (arn) => policyOfArn(engine, arn),
    start: () => {
      sweeper.start();
      engine.kinesis.start();
    },
    stop: () => {
      sweeper.stop();
      engine.kinesis.stop();
    },
  };
}
