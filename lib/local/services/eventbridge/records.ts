import type { BusEvent } from "./buses/event.ts";
import type { Checked } from "../../kit/checked.ts";
import type { ConnectionAuthResponseParameters, Tag, Target } from "@aws-sdk/client-eventbridge";

/** An event on its way to a target. */
export interface Delivery {
  readonly region: string;
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly target: Checked<Target>;
  /** The event's JSON. */
  readonly event: string;
  readonly ingestedMs: number;
  readonly hops: number;
}

/** An event of an archive, with its place in it. */
export interface ArchivedEvent {
  readonly sequence: number;
  readonly timeMs: number;
  readonly event: BusEvent;
}

/** An event bus. */
export interface BusRecord {
  readonly name: string;
  readonly region: string;
  readonly description?: string | undefined;
  readonly kmsKeyIdentifier?: string | undefined;
  readonly deadLetterArn?: string | undefined;
  readonly policy: readonly PolicyStatement[];
  readonly tags: readonly Checked<Tag>[];
  readonly createdMs: number;
  readonly modifiedMs: number;
}

/** A statement of a bus's policy, as it was given. */
export type PolicyStatement = Readonly<Record<string, unknown>> & { readonly Sid?: string };

/** A rule with its targets. */
export interface RuleRecord {
  readonly name: string;
  readonly region: string;
  readonly bus: string;
  readonly pattern?: string | undefined;
  readonly schedule?: string | undefined;
  readonly state: "ENABLED" | "DISABLED" | "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
  readonly description?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly tags: readonly Checked<Tag>[];
  readonly targets: readonly Checked<Target>[];
  /** Since when its schedule counts. */
  readonly enabledMs: number;
  /** When its schedule is due next, where it has one and is enabled. */
  readonly nextMs?: number | undefined;
}

/** An archive as it is stored. */
export interface ArchiveRecord {
  readonly name: string;
  readonly region: string;
  readonly bus: string;
  readonly description?: string | undefined;
  readonly pattern?: string | undefined;
  readonly kmsKeyIdentifier?: string | undefined;
  /** 0 keeps events for good. */
  readonly retentionDays: number;
  readonly createdMs: number;
}

/** A replay as it is stored. */
export interface ReplayRecord {
  readonly name: string;
  readonly region: string;
  readonly description?: string | undefined;
  readonly archive: string;
  readonly bus: string;
  readonly ruleArns: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: "STARTING" | "RUNNING" | "CANCELLING" | "COMPLETED" | "CANCELLED" | "FAILED";
  readonly startedMs: number;
  readonly endedMs?: number | undefined;
  /** The place of the event that was replayed last, and its time. */
  readonly position: readonly [timeMs: number, sequence: number];
  readonly lastEventMs?: number | undefined;
}

/** A connection as it is stored. Secret values are in Secrets Manager only. */
export interface ConnectionRecord {
  readonly name: string;
  readonly region: string;
  readonly id: string;
  readonly description?: string | undefined;
  readonly authorizationType: "BASIC" | "API_KEY" | "OAUTH_CLIENT_CREDENTIALS";
  /** What may be shown: secrets lie in Secrets Manager. */
  readonly parameters: Checked<ConnectionAuthResponseParameters>;
  readonly secretArn: string;
  readonly state: "AUTHORIZED" | "DEAUTHORIZED";
  readonly createdMs: number;
  readonly modifiedMs: number;
  readonly authorizedMs: number;
}

/** An API destination as it is stored. */
export interface ApiDestinationRecord {
  readonly name: string;
  readonly region: string;
  readonly id: string;
  readonly description?: string | undefined;
  readonly connectionArn: string;
  readonly endpoint: string;
  readonly method: string;
  readonly ratePerSecond: number;
  readonly createdMs: number;
  readonly modifiedMs: number;
}
