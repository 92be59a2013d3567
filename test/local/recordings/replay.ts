import { AdjustableClock } from "../../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { type Answer, AwsCaller } from "./call-aws.ts";
import { compareDerived, type Made } from "./derived.ts";
import type { Scenario, Step } from "./recordings.ts";
import { resolveInput, withOwnIds } from "./resolve-input.ts";
import { type Bindings, findDifferences, isRecord } from "./same-answer.ts";

/** How long a call is repeated that was repeated when it was recorded. */
const SETTLE_MS = 8_000;
/** How long a read is repeated whose answer is compared: a recording leaves out what its client waited for. */
const READ_MS = 2_000;
const READS = /\.(?:Get|Describe|List|Filter|ReceiveMessage)/;
/** How long reads are made again for a value that was made from them. */
const REREAD_MS = 2_000;
const REREAD = /\.(?:DescribeStacks|GetParameter|GetQueueAttributes|FilterLogEvents)$/;
const PAUSE_MS = 50;
/** How far the clock moves while a read is repeated: a visibility timeout, a delay or a Wait state may have to pass. */
const STEP_MS = 1_000;
/** Words of AWS for what has not settled yet. */
const UNSETTLED = /"(?:\w+_IN_PROGRESS|\w+_PENDING|Pending|InProgress|RUNNING|CREATING|UPDATING|DELETING)"/;

const TOKEN = /^(?:next|continuation)token$/i;

/** What a replay came to. */
export type Outcome =
  | { readonly kind: "passes" }
  | { readonly kind: "not carried"; readonly what: string }
  | { readonly kind: "not comparable"; readonly what: string }
  | { readonly kind: "differs"; readonly differences: readonly string[] };

/** List everything of an account: nothing else may be in it. */
const LISTS =
  /\.(?:List(?:Activities|StateMachines|Functions|Queues|Topics|Subscriptions|Buckets|Exports|Tables|Secrets|Schedules|EventBuses|Rules)|Describe(?:ResourcePolicies|LogGroups)|GetAccountSettings)"/;

interface Place {
  readonly cloud: TestCloud;
  readonly clock: AdjustableClock;
}

/** Replays scenarios one after the other, in one cloud unless they look at everything that is in it. */
export async function* replayAll(
  scenarios: readonly Scenario[],
): AsyncGenerator<[scenario: Scenario, outcome: Outcome]> {
  const shared = await startPlace();
  try {
    for (const scenario of scenarios) {
      const isAlone = LISTS.test(JSON.stringify(scenario.steps));
      const place = isAlone ? await startPlace() : shared;
      yield [scenario, await replayScenario(scenario, place)];
      if (isAlone) await place.cloud.stop();
    }
  } finally {
    await shared.cloud.stop();
  }
}

async function startPlace(): Promise<Place> {
  const clock = new AdjustableClock();
  return { clock, cloud: await startTestCloud({ log: () => {}, clock }) };
}

/** Makes a scenario's calls on a local cloud, and compares each answer with AWS's. */
async function replayScenario(scenario: Scenario, { cloud, clock }: Place): Promise<Outcome> {
  const { steps } = scenario;
  if (JSON.stringify(steps).includes('{"$stream":true}')) {
    return { kind: "not comparable", what: "the recording lacks the body that was sent" };
  }
  return new Replay(scenario, new AwsCaller(cloud), clock).run();
}

class Replay {
  readonly #steps: readonly Step[];
  readonly #answers: Scenario["answers"];
  readonly #later: Scenario["later"];
  readonly #caller: AwsCaller;
  readonly #clock: AdjustableClock;
  readonly #bindings: Bindings = new Map();
  readonly #given: (Answer["value"] | undefined)[] = [];
  readonly #made: Made[] = [];
  readonly #ids = new Map<string, string>();
  readonly #refusals: string[] = [];
  readonly #unknown: string[] = [];
  readonly #matched: ReadonlyMap<number, string>;
  #compared = 0;

  constructor({ steps, answers, later }: Scenario, caller: AwsCaller, clock: AdjustableClock) {
    this.#steps = steps;
    this.#answers = answers;
    this.#later = later;
    this.#caller = caller;
    this.#clock = clock;
    this.#matched = new Map(
      steps.flatMap((step) => ("match" in step && step.of !== undefined ? [[step.of, step.match]] : [])),
    );
  }

  async run(): Promise<Outcome> {
    for (const [index, step] of this.#steps.entries()) {
      this.#given.push(undefined);
      const ended = "match" in step ? await this.#compareDerived(step) : await this.#call(index, step);
      if (ended !== undefined) return ended;
    }
    if (this.#compared > 0) return { kind: "passes" };
    const what =
      this.#unknown.length > 0
        ? `the recorded test computed its values itself: ${this.#unknown.join(", ")}`
        : Object.keys(this.#answers).length === 0
          ? "the recording has no answer"
          : "the recording lacks the calls behind its answers";
    return { kind: "not comparable", what };
  }

  async #call(index: number, step: Extract<Step, { call: string }>): Promise<Outcome | undefined> {
    const name = this.#matched.get(index);
    const recorded = name === undefined ? undefined : this.#answers[name];
    const named = withOwnIds(step.input, this.#given, this.#ids);
    const resolved = (await resolveInput(named, this.#given)) as object | undefined;
    const input = step.refused === true || isError(recorded) ? resolved : this.#withToken(step.call, resolved);
    // It refers to something that was not answered here: what depends on it is found by the next comparison.
    if (input === undefined) return undefined;
    const derived = this.#derivedNext(index);
    const isRight = (answer: Answer) => {
      if (recorded !== undefined) return this.#compare(recorded, answer, new Map(this.#bindings)).length === 0;
      if (derived === undefined) return isSettled(answer);
      const made = [...this.#made, { call: step.call, input, answer: answer.value }];
      const { kind } = compareDerived(derived, this.#answers[derived], made);
      return kind === "same" || (kind === "unknown" && isSettled(answer));
    };
    const isRead = (recorded !== undefined || derived !== undefined) && READS.test(step.call);
    const patienceMs = step.again !== undefined ? SETTLE_MS : isRead ? READ_MS : 0;
    const call = () => this.#caller.call(step.call, input);
    const isReceive = step.call.endsWith(".ReceiveMessage") && recorded === undefined && derived === undefined;
    const answer = isReceive ? await receive(call, step.again ?? 0) : await this.#callUntil(call, isRight, patienceMs);
    if (answer.notCarried !== undefined) return { kind: "not carried", what: answer.notCarried };
    if (answer.unsent !== undefined && recorded !== undefined) {
      return { kind: "not comparable", what: `the client does not send ${step.call}: ${answer.unsent}` };
    }
    this.#given[index] = answer.value;
    this.#made.push({ call: step.call, input, answer: answer.value });
    if (recorded === undefined) {
      // AWS may have refused it too: it explains what differs later.
      if (answer.refused && step.refused !== true && step.again === undefined) {
        this.#refusals.push(`step ${index}, ${step.call}, is refused here: ${JSON.stringify(answer.value["Error"])}`);
      }
      return undefined;
    }
    this.#compared += 1;
    const found = this.#compare(recorded, answer, this.#bindings);
    return this.#differ(found.map((one) => `${name} (step ${index}, ${step.call}) ${one}`));
  }

  #compare(recorded: unknown, { value }: Answer, bindings: Bindings): string[] {
    const then = Object.entries(value).filter(([key]) => !this.#later.includes(key));
    return findDifferences(recorded, Object.fromEntries(then), bindings);
  }

  /** A page's token is the one that was answered here. */
  #withToken(call: string, input: object | undefined): object | undefined {
    const before = this.#made.findLast((made) => made.call === call)?.answer ?? {};
    const tokens = Object.entries(input ?? {}).flatMap(([key, value]) => {
      const token = TOKEN.test(key) && typeof value === "string" ? before[key] : undefined;
      return typeof token === "string" ? [[key, token] as const] : [];
    });
    return input && { ...input, ...Object.fromEntries(tokens) };
  }

  /** The name of a value that is recorded next and was made from answers, this one among them. */
  #derivedNext(index: number): string | undefined {
    const next = this.#steps.slice(index + 1).find((step) => "match" in step || !step.call.includes(".Delete"));
    return next !== undefined && "match" in next && next.of === undefined ? next.match : undefined;
  }

  async #compareDerived(step: Extract<Step, { match: string }>): Promise<Outcome | undefined> {
    if (step.of !== undefined) return undefined;
    const recorded = this.#answers[step.match];
    let result = compareDerived(step.match, recorded, this.#made);
    for (const end = Date.now() + REREAD_MS; result.kind !== "same" && Date.now() < end;) {
      if (!(await this.#readAgain())) break;
      result = compareDerived(step.match, recorded, this.#made);
    }
    if (result.kind === "differs") return this.#differ(result.lines);
    if (result.kind === "same") this.#compared += 1;
    else this.#unknown.push(step.match);
    return undefined;
  }

  /** A read that was made before with the same input is not recorded twice. */
  async #readAgain(): Promise<boolean> {
    const reads = this.#made.filter(({ call }) => REREAD.test(call));
    const last = new Map(reads.map((made) => [`${made.call} ${JSON.stringify(made.input)}`, made]));
    for (const { call, input } of [...last.values()].slice(-3)) {
      this.#made.push({ call, input, answer: (await this.#caller.call(call, input)).value });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    return reads.length > 0;
  }

  #differ(differences: readonly string[]): Outcome | undefined {
    if (differences.length === 0) return undefined;
    return { kind: "differs", differences: [...this.#refusals, ...differences] };
  }

  async #callUntil(call: () => Promise<Answer>, isRight: (answer: Answer) => boolean, patienceMs: number) {
    const end = Date.now() + patienceMs;
    for (let tries = 0; ; tries += 1) {
      const answer = await call();
      if (patienceMs === 0 || isRight(answer) || answer.notCarried !== undefined || Date.now() > end) return answer;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      if (tries > 2) await this.#clock.advance(STEP_MS);
    }
  }
}

/** Receives as often as it was recorded: each one counts. Gives the first messages. */
async function receive(call: () => Promise<Answer>, again: number): Promise<Answer> {
  let first = await call();
  for (let left = again; left > 0; left -= 1) {
    const next = await call();
    if (isEmptyReceive(first.value)) first = next;
  }
  const end = Date.now() + (again > 0 ? SETTLE_MS : 0);
  while (isEmptyReceive(first.value) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    first = await call();
  }
  return first;
}

function isError(recorded: unknown): boolean {
  return isRecord(recorded) && "Error" in recorded;
}

function isSettled({ value, refused }: Answer): boolean {
  return !refused && !UNSETTLED.test(JSON.stringify(value)) && !isEmptyReceive(value);
}

/** A receive is repeated until messages are there, a read of logs until there are events. */
function isEmptyReceive(value: Answer["value"]): boolean {
  const isEmpty = (member: unknown) => Array.isArray(member) && member.length === 0;
  return Object.entries(value).every(
    ([key, member]) => key === "ResponseMetadata" || (key === "Messages" && !member) || isEmpty(member),
  );
}
