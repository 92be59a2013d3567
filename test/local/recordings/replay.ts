import type { TestCloud } from "../../helpers/cloud.ts";
import { type Answer, AwsCaller } from "./call-aws.ts";
import type { Scenario } from "./recordings.ts";
import { resolveInput } from "./resolve-input.ts";
import { type Bindings, findDifferences } from "./same-answer.ts";

/** How long a call is repeated that was repeated when it was recorded. */
const SETTLE_MS = 8_000;
/** How long a read is repeated whose answer is compared: a recording leaves out what its client waited for. */
const READ_MS = 3_000;
const READS = /\.(?:Get|Describe|List|ReceiveMessage)/;
const PAUSE_MS = 50;
/** Words of AWS for what has not settled yet. */
const UNSETTLED = /"(?:\w+_IN_PROGRESS|\w+_PENDING|Pending|InProgress|RUNNING|CREATING|UPDATING|DELETING)"/;

/** What a replay came to. */
export type Outcome =
  | { readonly kind: "passes" }
  | { readonly kind: "not carried"; readonly what: string }
  | { readonly kind: "differs"; readonly differences: readonly string[] };

/** Makes a scenario's calls on a local cloud, and compares each answer with AWS's. */
export async function replayScenario({ steps, answers }: Scenario, cloud: TestCloud): Promise<Outcome> {
  if (JSON.stringify(steps).includes('{"$stream":true}')) return { kind: "nothing to compare" };
  const caller = new AwsCaller(cloud);
  const bindings: Bindings = new Map();
  const given: (Answer["value"] | undefined)[] = [];
  const differences: string[] = [];
  const refusals: string[] = [];
  let compared = 0;
  const matched = new Map(
    steps.flatMap((step) => ("match" in step && step.of !== undefined ? [[step.of, step.match]] : [])),
  );
  for (const [index, step] of steps.entries()) {
    given.push(undefined);
    if ("match" in step) continue;
    const name = matched.get(index);
    const recorded = name === undefined ? undefined : answers[name];
    const input = (await resolveInput(step.input, given)) as object | undefined;
    // It refers to something that was not answered here: what depends on it is found by the next comparison.
    if (input === undefined) continue;
    const isRight = (answer: Answer) =>
      recorded === undefined
        ? isSettled(answer)
        : findDifferences(recorded, answer.value, new Map(bindings)).length === 0;
    const isRead = recorded !== undefined && READS.test(step.call);
    const patienceMs = step.again === undefined ? (isRead ? READ_MS : 0) : SETTLE_MS;
    const answer = await callUntil(() => caller.call(step.call, input), isRight, patienceMs);
    if (answer.notCarried !== undefined) return { kind: "not carried", what: answer.notCarried };
    given[index] = answer.value;
    if (recorded !== undefined) {
      compared += 1;
      const found = findDifferences(recorded, answer.value, bindings);
      differences.push(...found.map((one) => `${name} (step ${index}, ${step.call}) ${one}`));
    } else if (answer.refused && step.refused !== true && step.again === undefined) {
      // AWS may have refused it too: it explains what differs later.
      refusals.push(`step ${index}, ${step.call}, is refused here: ${JSON.stringify(answer.value["Error"])}`);
    }
    if (differences.length > 0) return { kind: "differs", differences: [...refusals, ...differences] };
  }
  return compared === 0 ? { kind: "nothing to compare" } : { kind: "passes" };
}

function isSettled({ value, refused }: Answer): boolean {
  return !refused && !UNSETTLED.test(JSON.stringify(value)) && !isEmptyReceive(value);
}

/** A receive is repeated until messages are there. */
function isEmptyReceive(value: Answer["value"]): boolean {
  return Object.keys(value).every((key) => key === "ResponseMetadata" || (key === "Messages" && !value[key]));
}

async function callUntil(call: () => Promise<Answer>, isRight: (answer: Answer) => boolean, patienceMs: number) {
  const end = Date.now() + patienceMs;
  for (;;) {
    const answer = await call();
    if (patienceMs === 0 || isRight(answer) || answer.notCarried !== undefined || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
