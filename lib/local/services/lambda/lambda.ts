import { FunctionHost } from "../../runtime/function-host.ts";
import type { Cloud, ServiceFactory } from "../../service.ts";
import { provisionLeftovers } from "./concurrency/provision.ts";
import { codeRoute } from "./functions/code-route.ts";
import { CodeStore } from "./functions/code-store.ts";
import { ConcurrencyGate } from "./invoke/concurrency-gate.ts";
import { openResultDeliveries } from "./invoke/deliveries.ts";
import { EventQueue } from "./invoke/event-queue.ts";
import { KeptEvents } from "./invoke/kept-events.ts";
import { keptEventsRoute } from "./invoke/kept-events-route.ts";
import type { Lambda } from "./context.ts";
import { LambdaState } from "./lambda-state.ts";
import { LogWriter } from "./invoke/log-writer.ts";
import { MetricsWriter } from "./invoke/metrics.ts";
import { operationsOf } from "./operations.ts";
import { policyOfArn } from "./functions/permissions.ts";
import { settleLeftovers } from "./functions/settle.ts";
import { SpecBuilder } from "./functions/spec-builder.ts";
import { EventPollers } from "./event-sources/event-pollers.ts";
import { functionUrlRoute } from "./urls/url-route.ts";

/** AWS Lambda: functions, versions and aliases that really run and really route. */
export const createLambda: ServiceFactory<"lambda"> = (cloud) => {
  const logs = new LogWriter(cloud);
  const closing = new AbortController();
  const lambda = assemble(cloud, logs, closing.signal);
  return {
    name: "lambda",
    operations: operationsOf(lambda),
    resourcePolicy: (arn) => policyOfArn(lambda, arn),
    routes: [functionUrlRoute(lambda), codeRoute(lambda), keptEventsRoute(lambda)],
    start: async () => {
      await lambda.code.sweep(lambda.state.packages());
      settleLeftovers(lambda);
      provisionLeftovers(lambda);
      lambda.queue.resume();
      lambda.deliveries.start();
      lambda.pollers.resume();
    },
    stop: async () => {
      closing.abort();
      lambda.pollers.stop();
      lambda.queue.stop();
      lambda.deliveries.stop();
      lambda.host.stop();
      await logs.close();
      await lambda.metrics.close();
    },
  };
};

function assemble(cloud: Cloud, logs: LogWriter, closing: AbortSignal): Lambda {
  const state = new LambdaState(cloud);
  const code = new CodeStore(cloud);
  const host = new FunctionHost({
    now: () => cloud.clock.now(),
    openLog: (spec, name) => logs.open(spec, name),
    onTrouble: (text) => cloud.log(`lambda: ${text}`),
  });
  const parts = {
    cloud,
    state,
    code,
    host,
    specs: new SpecBuilder({ cloud, code, host, state }),
    gate: new ConcurrencyGate(state),
    keptEvents: new KeptEvents(),
    metrics: new MetricsWriter(cloud),
    closing,
  };
  // The last three work with the whole of it.
  const lambda = parts as typeof parts & { -readonly [N in "queue" | "pollers" | "deliveries"]: Lambda[N] };
  lambda.deliveries = openResultDeliveries(lambda);
  lambda.queue = new EventQueue(lambda);
  lambda.pollers = new EventPollers(lambda);
  return lambda;
}
