/** A record of a stream, of Kinesis or DynamoDB. */
export interface StreamItem {
  readonly sequence: string;
  readonly arrivedMs: number;
  /** Records of one key are handled one after another. */
  readonly key: string;
  /** As the function gets it. */
  readonly event: object;
  /** What filters see of it. */
  readonly filtered: object;
}

/** A part of a stream that is in order. */
export interface StreamShard {
  readonly id: string;
  /** They are read to their end before this one is started. */
  readonly parents: readonly string[];
  /** Distinguishes the shard from one of the same id in an earlier stream of the same name. */
  readonly birth: string;
}

/** Some records, and with what reading goes on; without `next` the shard is at its end. */
export interface StreamPage {
  readonly items: readonly StreamItem[];
  readonly next: string | undefined;
}

/** A stream as the poller of a mapping reads it. */
export interface StreamSource {
  /** The member of a failure's record that says where the records lie. */
  readonly batchInfo: "DDBStreamBatchInfo" | "KinesisBatchInfo";
  /** None where the stream is not there. */
  shards(): Promise<readonly StreamShard[]>;
  /** An iterator after a sequence number, or from where the mapping begins. */
  iterator(shardId: string, after: string | undefined): Promise<string | undefined>;
  /** Undefined where the iterator is too old, or what it points to. */
  read(shardId: string, iterator: string, limit: number): Promise<StreamPage | undefined>;
  /** A time in a failure's record, as AWS writes those of this stream. */
  timeText(atMs: number): string;
}
