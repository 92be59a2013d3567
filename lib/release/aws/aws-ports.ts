import type { Aws } from "../../aws/aws.ts";
import type { Member } from "../model.ts";
import type { MetricsPort, Notifier, ReleasePorts } from "../ports/ports.ts";
import type { StackPort } from "../ports/stack-port.ts";
import { PatientJournal, type PatienceOptions } from "../patient-journal.ts";
import { AwsAliases } from "./aws-aliases.ts";
import { AwsNotifier } from "./aws-notifier.ts";
import { CloudWatchAlarms } from "./cloudwatch-alarms.ts";
import { CloudWatchMetrics } from "./cloudwatch-metrics.ts";
import { ControlPlane } from "./control-plane.ts";
import { EndpointClock } from "./endpoint-clock.ts";
import type { JournalAddress } from "./journal-store.ts";
import { LambdaAliases } from "./lambda-aliases.ts";
import { LambdaCapacity } from "./lambda-capacity.ts";
import { LambdaHooks } from "./lambda-hooks.ts";
import { LoggedFailures } from "./logged-failures.ts";
import { S3Journal } from "./s3-journal.ts";
import { StateMachineAliases } from "./state-machine-aliases.ts";
import { WorkflowMetrics } from "./workflow-metrics.ts";

/** The app and the stage, the place of the journal, and what `lib/deploy` adds. */
export interface AwsPortsOptions extends JournalAddress {
  /** Calls to Lambda's control plane. @default - what the connection allows, shared by all that use it */
  readonly callsPerSecond?: number;
  readonly stacks?: StackPort;
  /** @default - SNS and EventBridge */
  readonly notifier?: Notifier;
  readonly onTransition?: ReleasePorts["onTransition"];
  readonly onLook?: ReleasePorts["onLook"];
  /** Called when the journal fails while the lock is held, with the time at which the driver stops trying. */
  readonly onTrouble?: PatienceOptions["onTrouble"];
}

/** The release engine's ports on an AWS endpoint. */
export function createAwsPorts(aws: Aws, options: AwsPortsOptions): ReleasePorts {
  const { stacks, notifier, onTransition, onLook, onTrouble, callsPerSecond } = options;
  const control =
    callsPerSecond === undefined
      ? ControlPlane.of(aws)
      : new ControlPlane(aws, ControlPlane.rationOf(aws, callsPerSecond));
  const clock = new EndpointClock(aws);
  return {
    journal: new PatientJournal(new S3Journal(aws, options), { clock, ...(onTrouble && { onTrouble }) }),
    aliases: new AwsAliases({
      function: new LambdaAliases(control),
      "state-machine": new StateMachineAliases(aws),
    }),
    capacity: new LambdaCapacity(control),
    metrics: metricsByKind({ function: new CloudWatchMetrics(aws), "state-machine": new WorkflowMetrics(aws) }),
    alarms: new CloudWatchAlarms(aws),
    hooks: new LambdaHooks(aws),
    clock,
    failures: new LoggedFailures(aws),
    ...(stacks === undefined ? {} : { stacks }),
    notifier: notifier ?? new AwsNotifier(aws),
    ...(onTransition === undefined ? {} : { onTransition }),
    ...(onLook === undefined ? {} : { onLook }),
  };
}

function metricsByKind(byKind: Readonly<Record<Member["kind"], MetricsPort>>): MetricsPort {
  return {
    read: (query) => byKind[query.target.kind].read(query),
    readServed: (query) => byKind[query.target.kind].readServed(query),
  };
}
