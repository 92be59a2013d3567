import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import type { Assumption } from "../assumption.ts";

const VERSIONS = 5;

export const versionState: Assumption = {
  id: "version-state",
  assumption: "A new version is Active as soon as PublishVersion has returned.",
  matters: "A version that is Pending is waited for; otherwise the first calls of a canary would fail.",
  async ask(bench) {
    const made = await bench.makeFunction("state");
    const states: string[] = [];
    for (let index = 0; index < VERSIONS; index += 1) {
      const Qualifier = await made.publishChanged(`state-${index}`);
      const query = { FunctionName: made.name, Qualifier };
      states.push((await bench.account.lambda.send(new GetFunctionConfigurationCommand(query))).State ?? "none");
    }
    const holds = states.every((state) => state === "Active");
    return { holds, answer: `States right after publishing: ${states.join(", ")}.`, facts: { states } };
  },
};
