import { setTimeout as sleep } from "node:timers/promises";
import type { _Record, Shard } from "@aws-sdk/client-dynamodb-streams";
import { isAwsError } from "../../aws-error.ts";
import { StreamBatch } from "./stream-batch.ts";
import type { Lambda } from "./lambda-context.ts";
import type { MappingRecord } from "./records.ts";

/** Lambda reads each shard four times a second; it is the machine's time, so that a moved clock does not flood. */
const POLL_MS = 250;
const RECORDS_PER_READ = 1000;

/** Reads a DynamoDB stream shard by shard and hands its changes to the mapping's function, in order. */
export class StreamPoller {
  readonly #lambda: Lambda;
  readonly #uuid: string;
  readonly #ending = new AbortController();

  constructor(lambda: Lambda, uuid: string) {
    this.#lambda = lambda;
    this.#uuid = uuid;
  }

  start(): void {
    this.#run().catch((error: unknown) => {
      if (!this.#ending.signal.aborted) this.#lambda.cloud.log(`lambda: event source ${this.#uuid}: ${String(error)}`);
    });
  }

  stop(): void {
    this.#ending.abort();
  }

  get #mapping(): MappingRecord | undefined {
    return this.#ending.signal.aborted ? undefined : this.#lambda.state.mappings.get(this.#uuid);
  }

  async #run(): Promise<void> {
    const started = new Set<string>();
    while (this.#mapping !== undefined) {
      const shards = await this.#describe();
      const open = shards.filter(({ ShardId = "" }) => !started.has(ShardId));
      for (const { ShardId = "" } of open) started.add(ShardId);
      await Promise.all(open.map((shard) => this.#follow(shard)));
      await this.#pause();
    }
  }

  async #describe(): Promise<Shard[]> {
    const mapping = this.#mapping;
    if (mapping === undefined) return [];
    try {
      const { StreamDescription } = await this.#lambda.cloud.call(
        "dynamodb-streams",
        "DescribeStream",
        { StreamArn: mapping.source },
        { region: mapping.region },
      );
      return StreamDescription?.Shards ?? [];
    } catch (error) {
      if (isAwsError(error, "ResourceNotFoundException")) return [];
      throw error;
    }
  }

  async #follow({ ShardId = "" }: Shard): Promise<void> {
    let iterator = await this.#iteratorOf(ShardId);
    let batch: StreamBatch | undefined;
    while (iterator !== undefined && this.#mapping !== undefined) {
      const room = batch?.room ?? RECORDS_PER_READ;
      const { records, next } = await this.#read(iterator, Math.min(RECORDS_PER_READ, Math.max(1, room)), ShardId);
      iterator = next;
      const mapping = this.#mapping;
      if (mapping === undefined) return;
      for (const record of this.#fresh(records, mapping)) {
        batch ??= new StreamBatch(this.#lambda, mapping, ShardId, this.#ending.signal);
        batch.add(record);
        if (!batch.isFull) continue;
        await batch.deliver();
        batch = undefined;
      }
      if (batch?.isDue === true || (batch !== undefined && iterator === undefined)) {
        await batch.deliver();
        batch = undefined;
      }
      if (records.length === 0) await this.#pause();
    }
  }

  /** From where it came to, or from where the mapping says it begins. */
  async #iteratorOf(ShardId: string): Promise<string | undefined> {
    const mapping = this.#mapping;
    if (mapping === undefined) return undefined;
    const SequenceNumber = this.#lambda.state.positions.get(`${this.#uuid}/${ShardId}`);
    const position =
      SequenceNumber === undefined
        ? ({ ShardIteratorType: "TRIM_HORIZON" } as const)
        : ({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber } as const);
    const { ShardIterator } = await this.#lambda.cloud.call(
      "dynamodb-streams",
      "GetShardIterator",
      { StreamArn: mapping.source, ShardId, ...position },
      { region: mapping.region },
    );
    return ShardIterator;
  }

  async #read(
    ShardIterator: string,
    Limit: number,
    shardId: string,
  ): Promise<{ records: _Record[]; next: string | undefined }> {
    const region = this.#mapping?.region ?? "";
    try {
      const { Records, NextShardIterator } = await this.#lambda.cloud.call(
        "dynamodb-streams",
        "GetRecords",
        { ShardIterator, Limit },
        { region },
      );
      return { records: Records ?? [], next: NextShardIterator };
    } catch (error) {
      if (!isAwsError(error, "ExpiredIteratorException", "TrimmedDataAccessException")) throw error;
      return { records: [], next: await this.#iteratorOf(shardId) };
    }
  }

  /** LATEST means since the mapping was made: an iterator would forget that when the cloud is killed. */
  #fresh(records: readonly _Record[], mapping: MappingRecord): readonly _Record[] {
    if (mapping.startingPosition !== "LATEST") return records;
    const since = Math.floor(mapping.createdMs / 1000) * 1000;
    return records.filter(({ dynamodb }) => (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) >= since);
  }

  async #pause(): Promise<void> {
    await sleep(POLL_MS, undefined, { ref: false, signal: this.#ending.signal }).catch(() => undefined);
  }
}
