import { explainFault } from "../../../lib/aws/explain-calls.ts";
import type { Aws } from "../../../lib/aws/aws.ts";
import { AwsAliases } from "../../../lib/release/aws/aws-aliases.ts";
import { AwsNotifier } from "../../../lib/release/aws/aws-notifier.ts";
import { CloudWatchAlarms } from "../../../lib/release/aws/cloudwatch-alarms.ts";
import { CloudWatchMetrics } from "../../../lib/release/aws/cloudwatch-metrics.ts";
import { ControlPlane } from "../../../lib/release/aws/control-plane.ts";
import { LambdaAliases } from "../../../lib/release/aws/lambda-aliases.ts";
import { LambdaCapacity } from "../../../lib/release/aws/lambda-capacity.ts";
import { LambdaHooks } from "../../../lib/release/aws/lambda-hooks.ts";
import { S3Journal } from "../../../lib/release/aws/s3-journal.ts";
import { StateMachineAliases } from "../../../lib/release/aws/state-machine-aliases.ts";
import { TokenBucket } from "../../../lib/release/aws/token-bucket.ts";
import { PatientJournal } from "../../../lib/release/patient-journal.ts";
import type { ReleasePorts } from "../../../lib/release/ports/ports.ts";
import { Scheduler } from "./scheduler.ts";
import { SimError } from "./sim-error.ts";
import { SimulatedStacks, type StackScript } from "./simulated-stacks.ts";
import { World } from "./world.ts";

/** One thing that goes wrong. See README.md. */
export interface Fault {
  readonly service: string;
  readonly operation: string;
  readonly kind: "throttle" | "lose-reply" | "lose-reply-and-retry" | "drop" | "conflict";
  /** How many calls are hit, after the first `skip`. */
  times: number;
  skip?: number;
  /** Only calls of this process. */
  readonly process?: string;
}

/** How a process fares. */
export interface ProcessOptions {
  /** Ends before or after its n-th side effect, counted from 0. */
  readonly killAt?: { readonly effect: number; readonly when: "before" | "after" };
  /** The whole process stands still for that long before its n-th side effect, as a suspended laptop does. */
  readonly freezeAt?: { readonly effect: number; readonly durationMs: number };
  readonly outage?: Outage;
}

/** A time in which no call of a process comes back well. */
export interface Outage {
  /** From when on, counted from the process's start. */
  readonly afterMs: number;
  readonly durationMs: number;
  /** `network`: no call arrives. `expired token`: AWS refuses every call. */
  readonly kind: "network" | "expired token";
}

/** A deployer's process: its ports, whether it died, and what it did. */
export interface SimProcess {
  readonly name: string;
  readonly ports: ReleasePorts;
  /** Resolves when it was killed. */
  readonly died: Promise<"killed">;
  readonly effects: string[];
  /** Its connection, for what makes calls of its own. */
  readonly aws: Aws;
}

const SIDE_EFFECTS = new Set([
  "UpdateAlias",
  "UpdateStateMachineAlias",
  "PutObject",
  "Invoke",
  "DeleteFunction",
  "PutProvisionedConcurrencyConfig",
  "DeleteProvisionedConcurrencyConfig",
  "DeleteStateMachineVersion",
  "Stage",
  "Finalise",
  "Publish",
  "PutEvents",
  "CreateChangeSet",
  "ExecuteChangeSet",
  "DeleteChangeSet",
  "PublishVersion",
  "PublishStateMachineVersion",
  "DeleteQueue",
]);
const LATENCY_MS = 50;
const START_MS = Date.UTC(2026, 0, 1);

/** A world with processes in it. */
export class SimulatedAws {
  readonly world = new World();
  readonly scheduler: Scheduler;
  readonly faults: Fault[] = [];
  readonly stackScript: StackScript = { versions: new Map(), stage: "works", finalise: "works", creates: new Map() };

  constructor(choose?: (count: number) => number) {
    this.scheduler = new Scheduler(START_MS, choose);
    this.world.now = START_MS;
    this.world.later = (durationMs, work) => void this.#turn(durationMs).then(work);
  }

  /** Gives turns until the promise settles. */
  run<T>(promise: Promise<T>): Promise<T> {
    return this.scheduler.run(promise);
  }

  /** Lets virtual time pass without any action. */
  pass(durationMs: number): Promise<void> {
    return this.run(this.#turn(durationMs));
  }

  process(name: string, options: ProcessOptions = {}): SimProcess {
    const effects: string[] = [];
    let dead = false;
    let die!: (word: "killed") => void;
    const died = new Promise<"killed">((resolve) => (die = resolve));
    const kill = () => {
      dead = true;
      die("killed");
    };
    let frozenUntil = 0;
    const startedAt = this.scheduler.now;
    const thaw = async () => {
      if (frozenUntil > this.scheduler.now) await this.#turn(frozenUntil - this.scheduler.now);
    };
    const call = async <T>(service: string, operation: string, work: () => T | Promise<T>): Promise<T> => {
      await this.#turn(LATENCY_MS);
      if (dead) return never();
      const effect = SIDE_EFFECTS.has(operation) ? effects.push(`${service} ${operation}`) - 1 : -1;
      const { freezeAt, killAt } = options;
      if (effect >= 0 && freezeAt?.effect === effect) frozenUntil = this.scheduler.now + freezeAt.durationMs;
      await thaw();
      const hit = effect >= 0 && killAt?.effect === effect;
      if (hit && killAt.when === "before") {
        kill();
        return never();
      }
      try {
        if (options.outage !== undefined) refuseDuring(options.outage, this.scheduler.now - startedAt);
        return await this.#withFaults(service, operation, name, work);
      } finally {
        if (hit) {
          kill();
          await never();
        }
      }
    };
    const clock = {
      now: () => this.scheduler.now,
      sleep: async (durationMs: number, signal?: AbortSignal) => {
        await this.#turn(durationMs, signal);
        await thaw();
        if (dead) await never();
      },
    };
    const aws = this.#aws(name, call);
    const bucket = new TokenBucket({
      perSecond: 14,
      burst: 14,
      now: () => this.scheduler.now,
      sleep: (ms) => this.#turn(ms),
    });
    const control = new ControlPlane(aws, bucket);
    const stacks = new SimulatedStacks({
      world: this.world,
      script: this.stackScript,
      who: name,
      call,
      sleep: (ms, signal) => clock.sleep(ms, signal),
      later: (ms, work) => void this.#turn(ms).then(work),
    });
    const ports: ReleasePorts = {
      journal: new PatientJournal(
        new S3Journal(aws, { bucket: "bootstrap", account: this.world.account, app: "shop", stage: "prod" }),
        { clock },
      ),
      aliases: new AwsAliases({
        function: new LambdaAliases(control),
        "state-machine": new StateMachineAliases(aws),
      }),
      capacity: new LambdaCapacity(control),
      metrics: new CloudWatchMetrics(aws),
      alarms: new CloudWatchAlarms(aws),
      hooks: new LambdaHooks(aws),
      stacks,
      clock,
      notifier: new AwsNotifier(aws),
    };
    return { name, ports, died, effects, aws };
  }

  #aws(name: string, call: <T>(service: string, operation: string, work: () => T) => Promise<T>): Aws {
    const client = (service: string) => ({
      // There are no retries below the operations here.
      middlewareStack: { addRelativeTo: () => undefined },
      send: async (command: object) => {
        const operation = command.constructor.name.replace(/Command$/, "");
        const { input } = command as { input: Record<string, unknown> };
        try {
          return await call(service, operation, () => this.world.handle(service, operation, input, name));
        } catch (error) {
          throw explainFault(error, { service, operation, endpoint: "the simulated AWS" });
        }
      },
    });
    const aws = {
      options: { region: "us-east-1" },
      client: (service: string) => Promise.resolve(client(service)),
      inRegion: () => aws,
    };
    return aws as unknown as Aws;
  }

  async #turn(durationMs: number, signal?: AbortSignal): Promise<void> {
    await this.scheduler.turn(durationMs, signal);
    this.world.now = this.scheduler.now;
  }

  async #withFaults<T>(service: string, operation: string, process: string, work: () => T | Promise<T>): Promise<T> {
    const fault = this.#takeFault(service, operation, process);
    switch (fault?.kind) {
      case undefined:
        return work();
      case "throttle":
        throw service === "s3"
          ? new SimError("SlowDown", "Please reduce your request rate.", 503)
          : service === "cloudformation"
            ? new SimError("Throttling", "Rate exceeded", 400)
            : new SimError("TooManyRequestsException", "Rate Exceeded.", 429);
      case "conflict":
        throw new SimError(
          "ConditionalRequestConflict",
          "The conditional request cannot succeed due to a conflicting operation against this resource.",
          409,
        );
      case "drop":
        throw new SimError("TimeoutError", "the request never arrived");
      case "lose-reply":
        await work();
        throw new SimError("TimeoutError", "the reply was lost");
      case "lose-reply-and-retry":
        await work();
        await this.#turn(LATENCY_MS);
        return work();
    }
  }

  #takeFault(service: string, operation: string, process: string): Fault | undefined {
    for (const fault of this.faults) {
      if (fault.service !== service || fault.operation !== operation || fault.times <= 0) continue;
      if (fault.process !== undefined && fault.process !== process) continue;
      if ((fault.skip ?? 0) > 0) {
        fault.skip = fault.skip! - 1;
        continue;
      }
      fault.times -= 1;
      return fault;
    }
    return undefined;
  }
}

function refuseDuring({ afterMs, durationMs, kind }: Outage, elapsedMs: number): void {
  if (elapsedMs < afterMs || elapsedMs >= afterMs + durationMs) return;
  if (kind === "network") throw new SimError("TimeoutError", "the request never arrived");
  throw new SimError("ExpiredTokenException", "The security token included in the request is expired", 403);
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
