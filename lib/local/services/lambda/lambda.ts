import { FunctionHost } from "../../runtime/function-host.ts";
import type { Cloud, Operations, ServiceFactory } from "../../service.ts";
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from "./aliases.ts";
import { CodeStore } from "./code-store.ts";
import { ConcurrencyGate } from "./concurrency-gate.ts";
import { EventQueue } from "./event-queue.ts";
import {
  createFunction,
  deleteFunction,
  getFunction,
  getFunctionConfiguration,
  updateFunctionCode,
  updateFunctionConfiguration,
} from "./functions.ts";
import { invoke } from "./invoke.ts";
import type { Lambda } from "./lambda-context.ts";
import { LambdaState } from "./lambda-state.ts";
import { LogWriter } from "./log-writer.ts";
import { MetricsWriter } from "./metrics.ts";
import { settleLeftovers } from "./settle.ts";
import { SpecBuilder } from "./spec-builder.ts";
import { listFunctions, listVersionsByFunction, publishVersion } from "./versions.ts";

/** AWS Lambda: functions, versions and aliases that really run and really route. */
export const createLambda: ServiceFactory<"lambda"> = (cloud) => {
  const logs = new LogWriter(cloud);
  const lambda = assemble(cloud, logs);
  return {
    name: "lambda",
    operations: operationsOf(lambda),
    start: () => {
      settleLeftovers(lambda);
      lambda.queue.resume();
    },
    stop: async () => {
      lambda.queue.stop();
      lambda.host.stop();
      await logs.flush();
      await lambda.metrics.flush();
    },
  };
};

function assemble(cloud: Cloud, logs: LogWriter): Lambda {
  const state = new LambdaState(cloud);
  const code = new CodeStore(cloud);
  const host = new FunctionHost({
    now: () => cloud.clock.now(),
    openLog: (spec, name) => logs.open(spec, name),
  });
  const parts = {
    cloud,
    state,
    code,
    host,
    specs: new SpecBuilder(cloud, code, host),
    gate: new ConcurrencyGate(state),
    metrics: new MetricsWriter(cloud),
  };
  const lambda: Lambda = Object.assign(parts, { queue: undefined as unknown as EventQueue });
  return Object.assign(lambda, { queue: new EventQueue(lambda) });
}

function operationsOf(lambda: Lambda): Operations<"lambda"> {
  return {
    CreateFunction: (input, context) => createFunction(lambda, input, context),
    GetFunction: (input, context) => getFunction(lambda, input, context),
    GetFunctionConfiguration: (input, context) => getFunctionConfiguration(lambda, input, context),
    UpdateFunctionCode: (input, context) => updateFunctionCode(lambda, input, context),
    UpdateFunctionConfiguration: (input, context) => updateFunctionConfiguration(lambda, input, context),
    DeleteFunction: (input, context) => deleteFunction(lambda, input, context),
    ListFunctions: (input, context) => listFunctions(lambda, input, context),
    PublishVersion: (input, context) => publishVersion(lambda, input, context),
    ListVersionsByFunction: (input, context) => listVersionsByFunction(lambda, input, context),
    CreateAlias: (input, context) => createAlias(lambda, input, context),
    GetAlias: (input, context) => getAlias(lambda, input, context),
    UpdateAlias: (input, context) => updateAlias(lambda, input, context),
    DeleteAlias: (input, context) => deleteAlias(lambda, input, context),
    ListAliases: (input, context) => listAliases(lambda, input, context),
    Invoke: (input, context) => invoke(lambda, input, context),
  };
}
