import { AwsError } from "../local/aws-error.ts";
import type { Interceptor, WireCallView } from "../local/server/intercept.ts";
import type { OperationsOf, ServiceName } from "../local/service.ts";
import type { Clock } from "../local/state/clock.ts";
import { UserError } from "../errors.ts";
import { parseDuration } from "../util/parse-duration.ts";
import { failureOf, throttleOf } from "./fault-errors.ts";

/** The name of an operation of a service, or `*` for all of them. */
export type OperationName<S extends ServiceName> = (keyof OperationsOf<S> & string) | "*";

/** Which calls of an operation a fault hits. */
export interface FaultOptions {
  /** How many calls it hits; then it is gone. @default - every call until it is removed */
  readonly times?: number;
  /** Whether it hits a call with this input, which has AWS's own names. @default - every call */
  readonly when?: (input: Readonly<Record<string, unknown>>) => boolean;
}

/** How a call fails. */
export interface FailOptions extends FaultOptions {
  /** AWS's error code. @default - the service's own code for an internal error */
  readonly code?: string;
  readonly message?: string;
  /** @default - the status that the service's model has for the code, else 400; 500 for an internal error */
  readonly statusCode?: number;
}

/** A fault that is set. */
export interface Fault {
  /** How many calls it has hit. */
  readonly hits: number;
  remove(): void;
}

interface Rule extends FaultOptions {
  readonly service: ServiceName;
  readonly operation: string;
  readonly effect: () => Promise<"drop" | undefined>;
  hits: number;
}

/**
 * Faults of a cloud, by service and operation. They hit calls over the wire: those of functions, of the test's own clients
 * and of the deployer. What services do among themselves (a topic that sends to a queue) is not hit. The fault that was
 * set last comes first, and one call is hit by one fault.
 */
export class Faults {
  readonly #clock: () => Clock;
  #rules: Rule[] = [];

  constructor(clock: () => Clock) {
    this.#clock = clock;
  }

  /** Refuses calls as the service does when there are too many of them. SDKs retry such calls. */
  throttle<S extends ServiceName>(service: S, operation: OperationName<S>, options: FaultOptions = {}): Fault {
    return this.#add(service, operation, options, () => Promise.reject(throttleOf(service)));
  }

  /** Refuses calls with an error: by default an internal one, which SDKs retry. Nothing is carried out. */
  fail<S extends ServiceName>(service: S, operation: OperationName<S>, options: FailOptions = {}): Fault {
    const { code, message, statusCode } = options;
    const error = () =>
      code === undefined
        ? failureOf(service, message)
        : new AwsError(code, message ?? code, statusCode === undefined ? {} : { statusCode });
    return this.#add(service, operation, options, () => Promise.reject(error()));
  }

  /** Holds calls back for a time of the cloud's clock, such as `2s`; then they are carried out. */
  delay<S extends ServiceName>(
    service: S,
    operation: OperationName<S>,
    duration: string | number,
    options: FaultOptions = {},
  ): Fault {
    const durationMs = typeof duration === "number" ? duration : parseDuration(duration);
    return this.#add(service, operation, options, async () => {
      await this.#clock().sleep(durationMs);
      return undefined;
    });
  }

  /**
   * Carries calls out and closes the connection without an answer: the caller cannot know what happened. SDKs retry such
   * calls, so what is called must be idempotent.
   */
  dropReply<S extends ServiceName>(service: S, operation: OperationName<S>, options: FaultOptions = {}): Fault {
    return this.#add(service, operation, options, () => Promise.resolve("drop"));
  }

  /** Removes all faults. */
  clear(): void {
    this.#rules = [];
  }

  /** What the cloud asks before each operation. */
  readonly intercept: Interceptor = async (call) => {
    const rule = this.#rules.find((each) => hits(each, call));
    if (rule === undefined) return undefined;
    rule.hits++;
    if (rule.hits === rule.times) this.#remove(rule);
    return rule.effect();
  };

  #add(service: ServiceName, operation: string, { times, when }: FaultOptions, effect: Rule["effect"]): Fault {
    if (times !== undefined && !(Number.isInteger(times) && times > 0)) {
      throw new UserError("FaultWrong", `times must be a whole number above 0, got ${JSON.stringify(times)}`);
    }
    const rule: Rule = { service, operation, times, when, effect, hits: 0 };
    this.#rules.unshift(rule);
    const remove = () => this.#remove(rule);
    return {
      get hits() {
        return rule.hits;
      },
      remove,
    };
  }

  #remove(rule: Rule): void {
    this.#rules = this.#rules.filter((other) => other !== rule);
  }
}

function hits({ service, operation, when }: Rule, call: WireCallView): boolean {
  if (service !== call.service || (operation !== "*" && operation !== call.operation)) return false;
  return when?.(call.input) ?? true;
}
