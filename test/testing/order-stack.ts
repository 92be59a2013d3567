import { Duration, Stack } from "aws-cdk-lib";
import type { App } from "aws-cdk-lib";
import { Function, Queue, Schedule, Table } from "../../lib/index.ts";

/** An app whose function keeps orders in a table and sends them to a queue, which another function consumes. */
export class OrderStack extends Stack {
  readonly orders = new Queue(this, "Orders", {
    deadLetterQueue: { maxReceiveCount: 1 },
    visibilityTimeout: Duration.seconds(30),
  });
  readonly table = new Table(this, "Table", { partitionKey: "id" });
  readonly order = new Function(this, "Order", {
    entry: "test/fixtures/testing/order.ts",
    environment: { QUEUE_URL: this.orders.queueUrl, TABLE_NAME: this.table.tableName },
  });
  readonly ship = new Function(this, "Ship", { entry: "test/fixtures/testing/ship.ts" });

  constructor(scope: App) {
    super(scope, "Shop");
    this.orders.grantSendMessages(this.order);
    this.orders.consume(this.ship);
    this.table.grant(this.order, "dynamodb:PutItem");
    const daily = new Function(this, "Daily", { entry: "test/fixtures/testing/greet.ts" });
    new Schedule(this, "EveryDay", { schedule: "rate(1 day)", target: daily, input: { name: "day" } });
  }
}
