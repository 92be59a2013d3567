import {
  GetFunctionConfigurationCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionRecursionConfigCommand,
  PutRuntimeManagementConfigCommand,
  TagResourceCommand,
} from "@aws-sdk/client-lambda";
import type { Assumption, Bench } from "../assumption.ts";
import { isNotCarried } from "../not-carried.ts";
import type { ProbeFunction } from "../probe-function.ts";

type Change = (bench: Bench, made: ProbeFunction) => Promise<unknown>;

/** Properties of a function whose change is said not to make a version. */
const CHANGES: Readonly<Record<string, Change>> = {
  Tags: async ({ account }, { name }) => {
    const found = await account.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    return account.lambda.send(new TagResourceCommand({ Resource: found.FunctionArn, Tags: { mark: "1" } }));
  },
  ReservedConcurrentExecutions: ({ account }, { name: FunctionName }) =>
    account.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 })),
  RecursiveLoop: ({ account }, { name: FunctionName }) =>
    account.lambda.send(new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: "Allow" })),
  RuntimeManagementConfig: ({ account }, { name: FunctionName }) =>
    account.lambda.send(new PutRuntimeManagementConfigCommand({ FunctionName, UpdateRuntimeOn: "FunctionUpdate" })),
};

export const versionIdentity: Assumption = {
  id: "version-identity",
  assumption: "Tags, reserved concurrency, the recursion setting and runtime management make no new version.",
  matters: "What makes a version and is left out of its hash ships late; the reverse publishes what exists already.",
  async ask(bench) {
    const made = await bench.makeFunction("identity");
    const published: Record<string, boolean | "refused" | "not carried"> = {};
    let last = "1";
    for (const [property, change] of Object.entries(CHANGES)) {
      try {
        await change(bench, made);
        await made.settle();
      } catch (error) {
        published[property] = isNotCarried(error) ? "not carried" : "refused";
        continue;
      }
      const version = await made.publish();
      published[property] = version !== last;
      last = version;
    }
    const making = Object.keys(published).filter((property) => published[property] === true);
    const answer = making.length === 0 ? "None of them made a version." : `${making.join(", ")} made a version.`;
    return { holds: making.length === 0, answer, facts: published };
  },
};
