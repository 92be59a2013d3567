import type { AliasTarget } from "../../../lib/release/model.ts";
import { CLOUDWATCH, type Traffic } from "./sim-cloudwatch.ts";
import { type HookScript, invokeVersion, LAMBDA, newFunction, type SimAlias, type SimFunction } from "./sim-lambda.ts";
import { S3 } from "./sim-s3.ts";
import { EVENTS, SNS } from "./sim-subscribers.ts";
import { type SimMachine, STATES } from "./sim-states.ts";
import { CLOUDFORMATION } from "./sim-cloudformation.ts";
import { LAMBDA_CONTENTS, STATES_CONTENTS } from "./sim-contents.ts";
import { SimError } from "./sim-error.ts";
import type { SimChange, SimStack, SimTarget } from "./sim-stack.ts";
import type { SimTemplate } from "./sim-template.ts";

/** Something that became different, and through whom. */
export type Change =
  | { kind: "alias"; who: string; name: string; before: SimAlias; after: SimAlias; guarded: boolean }
  | { kind: "machine-alias"; who: string; name: string; before: MachineAlias; after: MachineAlias }
  | { kind: "version-deleted"; who: string; name: string; version: string }
  | { kind: "object"; who: string; key: string; before: string | undefined; after: string }
  | { kind: "concurrency"; who: string; name: string; version: string; amount: number }
  | { kind: "hook"; who: string; name: string; payload: unknown; passed: boolean }
  | { kind: "stack"; who: string; what: StackNews; detail?: unknown }
  | {
      kind: "stack-update";
      who: string;
      name: string;
      changes: readonly SimChange[];
      /** What a rollback would give each alias that changes, by the function's name or the state machine's ARN. */
      pins: ReadonlyMap<string, string>;
      target: SimTarget;
    }
  | { kind: "stack-status"; name: string; status: string }
  | { kind: "queue-deleted"; name: string };

/** SQS as far as the deletion of a replaced queue needs it. */
const SQS: Readonly<Record<string, (world: World, input: Record<string, unknown>) => unknown>> = {
  DeleteQueue: (world, input) => {
    const name = String(input["QueueUrl"]).split("/").at(-1) ?? "";
    if (!world.queues.delete(name)) throw new SimError("QueueDoesNotExist", "The specified queue does not exist.", 400);
    return {};
  },
};

type StackNews = "staging" | "staged" | "stage-failed" | "finalised" | "finalise-failed" | "contracted";

type MachineAlias = { routing: { stateMachineVersionArn: string; weight: number }[]; description: string };

/** The state of the simulated account. Operations run through `handle`; tests change the rest directly. */
export class World {
  now = 0;
  readonly account = "123456789012";
  readonly functions = new Map<string, SimFunction>();
  readonly machines = new Map<string, SimMachine>();
  readonly objects = new Map<string, string>();
  /** Every text that an object has had, the oldest first: the journal's bucket is versioned. */
  readonly objectVersions = new Map<string, readonly string[]>();
  readonly alarms = new Map<string, { state: string; aboutVersion?: string; aboutFunction?: string }>();
  readonly traffic = new Map<string, Traffic>();
  readonly hooks = new Map<string, HookScript>();
  /** The events that each topic and bus received, by its ARN. */
  readonly subscribers = new Map<string, { readonly type: string; readonly detail: unknown }[]>();
  readonly stacks = new Map<string, string>([["Main", "UPDATE_COMPLETE"]]);
  /** The version that the stacks last gave each alias, by member path: what a rolled back update restores. */
  readonly pins = new Map<string, string>();
  /** The version that holds what the stack has made of each member, by path. */
  readonly deployed = new Map<string, string>();
  /** How many updates the stack has taken: what was prepared before the last one is obsolete. */
  stackUpdates = 0;
  /** Stacks that are made of templates, by name: `CLOUDFORMATION` works on them. */
  readonly #templated = new Map<string, SimStack>();
  /** What is at each `TemplateURL`. */
  readonly templates = new Map<string, string>();
  readonly queues = new Set<string>();
  /** What versions hold, by `name:version` or ARN, and the present state, by `name:$LATEST`. */
  readonly contents = new Map<string, Readonly<Record<string, unknown>>>();
  /** For how long `DescribeStacks` still shows the status before. */
  statusDelayMs = 0;
  /** Has something done when time has passed. */
  later: (durationMs: number, work: () => void) => void = () => {
    throw new Error("this world has no time");
  };
  readonly transientUntil = new Map<string, number>();
  /** What each process last read of an alarm, by its name, and of metrics at all. */
  readonly alarmReads = new Map<string, ReadonlyMap<string, string>>();
  readonly metricReads = new Map<string, World["metrics"]>();
  readonly changes: Change[] = [];
  readonly listeners: ((change: Change) => void)[] = [];
  metrics: "there" | "missing" | "partial" | "failing" = "there";
  /** With `missing`: minutes before this time are there all the same. */
  metricsMissingSince = Date.UTC(2026, 0, 1);
  /** Calls that named a version instead of the alias. */
  readonly directCalls: {
    readonly name: string;
    readonly version: string;
    readonly at: number;
    readonly failed: boolean;
  }[] = [];
  metricsDelayMs = 60_000;
  alarmsFail = false;
  transientWeights = false;
  /** What the template says of every alias: a stack update writes it. */
  templateDescription = "";
  /** EventBridge refuses every entry. */
  busesFail = false;
  /** How long an Inactive version is Pending when it was invoked, and what becomes of it. */
  wakeMs = 60_000;
  wakes: "Active" | "Inactive" | "Failed" = "Active";
  /** How long provisioned concurrency is IN_PROGRESS, why it fails, and how much of it a function may have. */
  provisionMs = 90_000;
  provisionFailure: string | undefined;
  concurrencyLimit = 1_000;
  #revisions = 0;

  /** Carries an operation out, at once and as a whole. */
  handle(service: string, operation: string, input: Record<string, unknown>, who: string): unknown {
    if (service === "lambda" && operation === "Invoke") return this.#invoke(input, who);
    const tables = {
      lambda: { ...LAMBDA_CONTENTS, ...LAMBDA },
      sfn: { ...STATES_CONTENTS, ...STATES },
      s3: S3,
      cloudwatch: CLOUDWATCH,
      sns: SNS,
      eventbridge: EVENTS,
      cloudformation: CLOUDFORMATION,
      sqs: SQS,
    };
    const table = tables[service as keyof typeof tables];
    const run = table?.[operation];
    if (run === undefined) throw new SimError("NotImplemented", `${service} ${operation} is not simulated`, 501);
    return run(this, input, who);
  }

  changed(change: Change): void {
    this.changes.push(change);
    for (const listener of this.listeners) listener(change);
  }

  newRevision(): string {
    this.#revisions += 1;
    return `revision-${this.#revisions}`;
  }

  /** A function without versions. */
  makeFunction(name: string): SimFunction {
    const fn = newFunction();
    this.functions.set(name, fn);
    return fn;
  }

  /** A function with a version 1 and an alias `live` on it. */
  addFunction(name: string): SimFunction {
    const fn = this.makeFunction(name);
    const version = this.publish(name);
    this.addAlias(name, "live", version);
    return fn;
  }

  addAlias(name: string, alias: string, version: string, description = ""): void {
    const fn = this.functions.get(name)!;
    fn.aliases.set(alias, { primary: version, weights: {}, description, revision: this.newRevision() });
    fn.routing.push({ at: this.now, primary: version, weights: {} });
  }

  publish(
    name: string,
    settings: {
      role?: string;
      deadLetterTarget?: string;
      state?: string;
      stateReason?: { code: string; text: string };
      /** How long it is Pending before `state`. */
      pendingMs?: number;
      durable?: boolean;
      /** Provisioned concurrency that the template gives it. */
      concurrency?: number;
    } = {},
  ): string {
    const fn = this.functions.get(name)!;
    const version = String(fn.nextVersion++);
    const { role = "role", state = "Active", durable = false, deadLetterTarget, stateReason, pendingMs } = settings;
    fn.versions.set(version, {
      role,
      timeoutSeconds: 10,
      state,
      durable,
      ...(deadLetterTarget === undefined ? {} : { deadLetterTarget }),
      ...(stateReason === undefined ? {} : { stateReason }),
      ...(pendingMs === undefined ? {} : { pendingUntil: this.now + pendingMs }),
    });
    if (settings.concurrency !== undefined) this.setConcurrency(name, version, settings.concurrency);
    return version;
  }

  /** Gives a version provisioned concurrency: IN_PROGRESS at first, then READY or FAILED. */
  setConcurrency(name: string, version: string, requested: number): void {
    const { concurrency, intended } = this.functions.get(name)!;
    const failure = this.provisionFailure;
    const readyAt = this.now + this.provisionMs;
    concurrency.set(version, { requested, readyAt, ...(failure === undefined ? {} : { failure }) });
    intended.set(version, requested);
  }

  /** Versions without traffic fall asleep, as after weeks. */
  age(name: string): void {
    const { versions, aliases } = this.functions.get(name)!;
    const served = new Set([...aliases.values()].flatMap(({ primary, weights }) => [primary, ...Object.keys(weights)]));
    for (const [number, version] of versions) {
      if (served.has(number) || version.state !== "Active") continue;
      version.state = "Inactive";
      version.stateReason = { code: "Idle", text: "The function is idle." };
    }
  }

  /** The number of the function's newest version. */
  lastVersionOf(name: string): string | undefined {
    return [...(this.functions.get(name)?.versions.keys() ?? [])].at(-1);
  }

  /** A state machine without versions. Returns its ARN. */
  makeMachine(name: string): string {
    const arn = `arn:aws:states:us-east-1:${this.account}:stateMachine:${name}`;
    this.machines.set(arn, { versions: new Set(), aliases: new Map(), nextVersion: 1 });
    return arn;
  }

  /** A state machine with a version 1 and an alias `live` on it. Returns its ARN. */
  addMachine(name: string): string {
    const arn = this.makeMachine(name);
    const version = this.publishMachine(arn);
    const routing = [{ stateMachineVersionArn: version, weight: 100 }];
    this.machines.get(arn)!.aliases.set("live", { routing, description: "" });
    return arn;
  }

  publishMachine(arn: string): string {
    const machine = this.machines.get(arn)!;
    const version = `${arn}:${machine.nextVersion++}`;
    machine.versions.add(version);
    return version;
  }

  /** CloudFormation updates an alias: no revision is compared, and weights stay. False where the alias is gone. */
  setAliasByStack({ kind, name, alias }: AliasTarget, version: string): boolean {
    const who = "cloudformation";
    if (kind === "state-machine") {
      const found = this.machines.get(name)?.aliases.get(alias);
      if (found === undefined) return false;
      const before = { ...found };
      found.routing = [{ stateMachineVersionArn: version, weight: 100 }];
      found.description = this.templateDescription;
      this.changed({ kind: "machine-alias", who, name, before, after: { ...found } });
      return true;
    }
    const fn = this.functions.get(name);
    const found = fn?.aliases.get(alias);
    if (fn === undefined || found === undefined || version in found.weights) return false;
    const before = { ...found };
    found.primary = version;
    found.description = this.templateDescription;
    found.revision = this.newRevision();
    fn.routing.push({ at: this.now, primary: version, weights: { ...found.weights } });
    this.changed({ kind: "alias", who, name, before, after: { ...found }, guarded: true });
    return true;
  }

  deleteQueue(name: string): void {
    if (this.queues.delete(name)) this.changed({ kind: "queue-deleted", name });
  }

  /** A stack without resources, as a change set that creates one makes it. */
  makeStack(name: string): SimStack {
    const target = { text: '{"Resources":{}}', template: { Resources: {} }, parameters: {} };
    const stack: SimStack = {
      name,
      id: `arn:aws:cloudformation:us-east-1:${this.account}:stack/${name}/1`,
      target,
      tags: {},
      status: "REVIEW_IN_PROGRESS",
      earlier: { status: "REVIEW_IN_PROGRESS", until: 0 },
      resources: new Map(),
      events: [],
      changeSets: new Map(),
      isCancelled: false,
    };
    this.#templated.set(name, stack);
    return stack;
  }

  allStacks(): Iterable<SimStack> {
    return this.#templated.values();
  }

  /** By name or ARN. */
  tryStack(name: string): SimStack | undefined {
    return this.#templated.get(name) ?? [...this.#templated.values()].find(({ id }) => id === name);
  }

  stackOf(name: string): SimStack {
    const found = this.tryStack(name);
    if (found === undefined) throw new SimError("ValidationError", `Stack with id ${name} does not exist`, 400);
    return found;
  }

  /** What a nested stack is by the properties that its parent gives it. */
  nestedTarget(properties: Readonly<Record<string, unknown>>): SimTarget {
    const text = this.templates.get(String(properties["TemplateURL"])) ?? '{"Resources":{}}';
    const template = JSON.parse(text) as SimTemplate;
    const given = (properties["Parameters"] ?? {}) as Readonly<Record<string, string>>;
    return { text, template, parameters: { ...given } };
  }

  #invoke(input: Record<string, unknown>, who: string): unknown {
    const name = String(input["FunctionName"]);
    const script = this.hooks.get(name);
    if (script === undefined && this.functions.has(name)) return invokeVersion(this, input);
    if (script === undefined) throw new SimError("ResourceNotFoundException", `Function not found: ${name}`, 404);
    const answer = script();
    const payload = JSON.parse(String(input["Payload"])) as unknown;
    this.changed({ kind: "hook", who, name, payload, passed: answer.payload === '{"status":"passed"}' });
    if (answer.throttled === true) throw new SimError("TooManyRequestsException", "Rate Exceeded.", 429);
    if (answer.silent === true) throw new SimError("TimeoutError", "the hook never answered");
    const encode = (text: string) => new TextEncoder().encode(text);
    if (answer.crash !== undefined) return { FunctionError: "Unhandled", Payload: encode(answer.crash) };
    return { Payload: encode(answer.payload ?? "null") };
  }
}
