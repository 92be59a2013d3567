import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { ALIAS } from "../probe-function.ts";
import { FRONT } from "./acceptance-app.ts";
import { liveOf, type Scenario, summary } from "./scenario.ts";
import { Traffic } from "./traffic.ts";

const AT_ONCE = ["--rollout", "AllAtOnce"];
/** Standard error while the canary has its share. */
const SHIFTED = /50 %/;

const firstDeploy: Scenario = {
  id: "first-deploy",
  promise: "The first deploy ends with all traffic on version 1.",
  async run(stand) {
    const ended = await stand.deploy({ version: "1" });
    const live = await liveOf(stand);
    return { held: ended.exitCode === 0 && live.version === "1" && !live.isSplit, facts: [summary(ended), live] };
  },
};

const noOp: Scenario = {
  id: "no-op",
  promise: "Deploying the same app again touches nothing.",
  async run(stand) {
    const ended = await stand.deploy({ version: "1" });
    return { held: ended.exitCode === 0 && ended.document["unchanged"] === true, facts: summary(ended) };
  },
};

const canary: Scenario = {
  id: "canary",
  promise: "A canary serves both versions, then the new one, and no request fails.",
  async run(stand) {
    const traffic = new Traffic(stand.account.lambda);
    const ended = await stand.deploy({ version: "2" });
    const served = await traffic.stop();
    const live = await liveOf(stand);
    const both = Object.keys(served.calls).length >= 2;
    const held = ended.exitCode === 0 && live.version === "2" && both && served.failures.length === 0;
    return { held, facts: [summary(ended), live, served] };
  },
};

const rollback: Scenario = {
  id: "rollback",
  promise: "`rollback` brings the alias back.",
  async run(stand) {
    const ended = await stand.run("rollback");
    const live = await liveOf(stand);
    return { held: ended.exitCode === 0 && live.version === "1", facts: [summary(ended), live] };
  },
};

const failedStage: Scenario = {
  id: "failed-stage-after-rollback",
  promise: "A stack update that fails after a rollback leaves the rolled-back traffic alone.",
  async run(stand) {
    const traffic = new Traffic(stand.account.lambda);
    const ended = await stand.deploy({ version: "3", isBroken: true });
    const served = await traffic.stop();
    const live = await liveOf(stand);
    const held = ended.exitCode === 1 && live.version === "1" && served.failures.length === 0;
    return { held, facts: [summary(ended), live, served] };
  },
};

const failedHook: Scenario = {
  id: "failed-hook",
  promise: "A hook that fails rolls the release back, with exit code 3.",
  async run(stand) {
    const ended = await stand.deploy({ version: "4", hookFails: true }, ...AT_ONCE);
    const live = await liveOf(stand);
    return { held: ended.exitCode === 3 && live.version === "1" && !live.isSplit, facts: [summary(ended), live] };
  },
};

const abort: Scenario = {
  id: "abort",
  promise: "`abort` in mid-canary brings all traffic back.",
  async run(stand) {
    const running = stand.startDeploy({ version: "5" });
    await running.saw(SHIFTED);
    const aborted = await stand.run("abort");
    const ended = await running.ended;
    const live = await liveOf(stand);
    const held = ended.exitCode === 3 && live.version === "1" && !live.isSplit;
    return { held, facts: [summary(aborted), summary(ended), live] };
  },
};

const killed: Scenario = {
  id: "kill-and-resume",
  promise: "A driver that is killed in mid-canary is resumed by `resume`.",
  async run(stand) {
    const running = stand.startDeploy({ version: "6" });
    await running.saw(SHIFTED);
    running.process.kill("SIGKILL");
    await running.ended;
    const split = await liveOf(stand);
    const ended = await stand.run("resume");
    const live = await liveOf(stand);
    const held = split.isSplit && ended.exitCode === 0 && !live.isSplit && live.version !== split.version;
    return { held, facts: [split, summary(ended), live] };
  },
};

const removedCallee: Scenario = {
  id: "removed-callee",
  promise: "A callee that the new version no longer needs stays until the old version is gone.",
  async run(stand) {
    const traffic = new Traffic(stand.account.lambda);
    const ended = await stand.deploy({ version: "7", hasCallee: false });
    const served = await traffic.stop();
    return { held: ended.exitCode === 0 && served.failures.length === 0, facts: [summary(ended), served] };
  },
};

const parameter: Scenario = {
  id: "parameter-makes-a-version",
  promise: "A parameter given by hand is live after SUCCEEDED.",
  async run(stand) {
    const ended = await stand.deploy({ version: "7", hasCallee: false }, ...AT_ONCE, "--parameters", "Mode=b");
    const query = { FunctionName: FRONT, Qualifier: ALIAS };
    const { Environment } = await stand.account.lambda.send(new GetFunctionConfigurationCommand(query));
    const mode = Environment?.Variables?.["MODE"];
    return { held: ended.exitCode === 0 && mode === "b", facts: [summary(ended), { mode }] };
  },
};

const nestedStack: Scenario = {
  id: "nested-stack",
  promise: "An app with an unchanged nested stack is finalised.",
  async run(stand) {
    const first = await stand.deploy({ version: "8", hasCallee: false, isNested: true }, ...AT_ONCE);
    const second = await stand.deploy({ version: "9", hasCallee: false, isNested: true }, ...AT_ONCE);
    return { held: first.exitCode === 0 && second.exitCode === 0, facts: [summary(first), summary(second)] };
  },
};

const destroy: Scenario = {
  id: "destroy",
  promise: "`destroy` deletes the stack.",
  async run(stand) {
    const ended = await stand.run("destroy", "--yes");
    return { held: ended.exitCode === 0, facts: summary(ended) };
  },
};

/** The release matrix, in the order in which it is driven. */
export const SCENARIOS: readonly Scenario[] = [
  firstDeploy,
  noOp,
  canary,
  rollback,
  failedStage,
  failedHook,
  abort,
  killed,
  removedCallee,
  parameter,
  nestedStack,
  destroy,
];
