import { randomUUID } from "node:crypto";
import type { Cloud } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import { openCachedCollection } from "../../state/cached-collection.ts";
import { functionArn, isVersionNumber, type FunctionRef } from "./functions/names.ts";
import type {
  AliasRecord,
  EventInvokeRecord,
  FunctionRecord,
  LayerVersionRecord,
  MappingRecord,
  PolicyStatement,
  ProvisionedRecord,
  UrlRecord,
  VersionRecord,
} from "./records.ts";
import { notFound } from "./errors.ts";

/** Lambda's durable records, by region and name. */
export class LambdaState {
  readonly functions: Collection<FunctionRecord>;
  readonly versions: Collection<VersionRecord>;
  readonly aliases: Collection<AliasRecord>;
  readonly eventInvokes: Collection<EventInvokeRecord>;
  readonly policies: Collection<readonly PolicyStatement[]>;
  readonly provisioned: Collection<ProvisionedRecord>;
  readonly urls: Collection<UrlRecord>;
  readonly layers: Collection<LayerVersionRecord>;
  readonly mappings: Collection<MappingRecord>;
  /** How far a mapping has come: the last sequence number that is done, by mapping and shard. */
  readonly positions: Collection<string>;
  /** When a version last ran, to the day, by function and version. */
  readonly lastUsed: Collection<number>;

  constructor(cloud: Cloud) {
    this.functions = openCachedCollection(cloud.store, "lambda.functions");
    this.versions = openCachedCollection(cloud.store, "lambda.versions");
    this.aliases = openCachedCollection(cloud.store, "lambda.aliases");
    this.eventInvokes = openCachedCollection(cloud.store, "lambda.event-invokes");
    this.policies = openCachedCollection(cloud.store, "lambda.policies");
    this.provisioned = openCachedCollection(cloud.store, "lambda.provisioned-concurrency");
    this.urls = openCachedCollection(cloud.store, "lambda.urls");
    this.layers = openCachedCollection(cloud.store, "lambda.layers");
    this.mappings = openCachedCollection(cloud.store, "lambda.event-source-mappings");
    this.lastUsed = openCachedCollection(cloud.store, "lambda.last-used");
    this.positions = openCachedCollection(cloud.store, "lambda.stream-positions");
  }

  /** The function, or AWS's error with the requested ARN. */
  function(ref: FunctionRef, askedArn = functionArn(ref)): FunctionRecord {
    const found = this.functions.get(keyOf(ref));
    if (found === undefined) throw notFound(`Function not found: ${askedArn}`);
    return found;
  }

  /** `$LATEST`, the version, or the version that the alias points to (without regard to its weights). */
  version(ref: FunctionRef, qualifier = ref.qualifier): VersionRecord {
    const record = this.function(ref, functionArn(ref, qualifier));
    if (qualifier === undefined || qualifier === "$LATEST") return record.latest;
    // A name with a dollar sign can be no alias.
    if (isVersionNumber(qualifier) || qualifier.includes("$")) return this.publishedVersion(ref, qualifier);
    return this.version(ref, this.alias(ref, qualifier).functionVersion);
  }

  publishedVersion(ref: FunctionRef, version: string): VersionRecord {
    const found = this.versions.get(`${keyOf(ref)}/${version}`);
    if (found === undefined) throw notFound(`Function not found: ${functionArn(ref, version)}`);
    return found;
  }

  alias(ref: FunctionRef, name: string): AliasRecord {
    const found = this.aliases.get(`${keyOf(ref)}/${name}`);
    if (found === undefined) throw notFound(`Cannot find alias arn: ${functionArn(ref, name)}`);
    return found;
  }

  /** The function's published versions, oldest first. */
  versionsOf(ref: FunctionRef): VersionRecord[] {
    const found = this.versions.list(`${keyOf(ref)}/`).map(([, version]) => version);
    return found.sort((a, b) => Number(a.version) - Number(b.version));
  }

  aliasesOf(ref: FunctionRef): AliasRecord[] {
    return this.aliases.list(`${keyOf(ref)}/`).map(([, alias]) => alias);
  }

  /** How asynchronous events of exactly this qualifier are treated. */
  eventInvokeOf(ref: FunctionRef): EventInvokeRecord | undefined {
    return this.eventInvokes.get(`${keyOf(ref)}/${ref.qualifier ?? "$LATEST"}`);
  }

  /** The packages that functions, versions and layers refer to. */
  packages(): Set<string> {
    const functions = this.functions.list().map(([, { latest }]) => latest);
    const versions = this.versions.list().map(([, version]) => version);
    const layers = this.layers.list().map(([, layer]) => layer);
    return new Set([...functions, ...versions, ...layers].map(({ codeSha256 }) => codeSha256));
  }

  /** Changes `$LATEST` or a published version; every change has a revision of its own. */
  putVersion(ref: FunctionRef, version: VersionRecord): void {
    if (version.version !== "$LATEST") return this.versions.put(`${keyOf(ref)}/${version.version}`, version);
    this.functions.put(keyOf(ref), { ...this.function(ref), latest: version });
  }
}

/** The key of a function's records. */
export function keyOf(ref: Pick<FunctionRef, "region" | "name">): string {
  return `${ref.region}/${ref.name}`;
}

/** A new revision id. */
export function newRevision(): string {
  return randomUUID();
}
