import type { RemovalPolicy } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type {
  DefinitionBody,
  LogOptions,
  StateMachineProps as CdkStateMachineProps,
  StateMachineType,
} from "aws-cdk-lib/aws-stepfunctions";
import type { ReleaseMember } from "../assembly/release-metadata.ts";
import type { PropNames, SharedProps } from "./known-props.ts";

/** Props that `StateMachine` of aws-cdk-lib has, with the same meaning, and that are handed on to it as they are. */
export const SHARED_STATE_MACHINE_PROPS = [
  "comment",
  "definitionSubstitutions",
  "encryptionConfiguration",
  "queryLanguage",
  "removalPolicy",
  "role",
  "stateMachineName",
  "stateMachineType",
  "timeout",
  "tracingEnabled",
] as const satisfies readonly (keyof CdkStateMachineProps)[];

type SharedStateMachineProps = SharedProps<CdkStateMachineProps, typeof SHARED_STATE_MACHINE_PROPS>;

/**
 * Properties of a state machine, its version and its alias. What is not described here is as in aws-cdk-lib's
 * `StateMachine`.
 */
export interface StateMachineProps extends SharedStateMachineProps {
  /**
   * The workflow: `DefinitionBody.fromChainable` of aws-cdk-lib's states and tasks, or `DefinitionBody.fromString` and
   * `fromFile` of the Amazon States Language, which are checked when the app is synthesised. Paths of files are relative to
   * the project's folder. `${Name}` in them is replaced by `definitionSubstitutions`.
   */
  readonly definitionBody: DefinitionBody;
  /**
   * Standard: up to a year, exactly once, with history. Express: up to five minutes, at least once, cheap.
   * @default StateMachineType.STANDARD
   */
  readonly stateMachineType?: StateMachineType;
  /**
   * Whether traces are sent to X-Ray.
   * @default true
   */
  readonly tracingEnabled?: boolean;
  /**
   * What is written to which log. `includeExecutionData` is true by default.
   * @default - a log group of its own; LogLevel.ALL for express, LogLevel.ERROR for standard
   */
  readonly logs?: Partial<LogOptions>;
  /**
   * How long the log group of its own is kept. Not with `logs.destination`.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * What happens to the state machine when it is removed from the stack.
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Name of the alias that triggers, grants and metrics refer to.
   * @default "live"
   */
  readonly aliasName?: string;
  /**
   * How the workflow takes part in a gradual release: `policy` shifts with the app's rollout, `all-at-once` moves with the
   * promotion.
   * @default "policy"
   */
  readonly shift?: ReleaseMember["shift"];
}

const OWN_STATE_MACHINE_PROPS: PropNames<Omit<StateMachineProps, keyof SharedStateMachineProps>> = {
  aliasName: true,
  definitionBody: true,
  logRetention: true,
  logs: true,
  shift: true,
};

/** The names of a state machine's props. */
export const STATE_MACHINE_PROPS: readonly string[] = [
  ...SHARED_STATE_MACHINE_PROPS,
  ...Object.keys(OWN_STATE_MACHINE_PROPS),
];

const LOG_NAMES: PropNames<LogOptions> = { destination: true, includeExecutionData: true, level: true };

/** The names of the options of `logs`. */
export const LOG_OPTIONS: readonly string[] = Object.keys(LOG_NAMES);
