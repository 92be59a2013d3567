import type { Checked } from "../../../kit/checked.ts";
import type {
  AccelerateConfiguration,
  CORSConfiguration,
  Grant,
  LifecycleRule,
  LoggingEnabled,
  NotificationConfiguration,
  ObjectLockConfiguration,
  OwnershipControls,
  PublicAccessBlockConfiguration,
  RequestPaymentConfiguration,
  ServerSideEncryptionConfiguration,
  Tag,
  TransitionDefaultMinimumObjectSize,
  WebsiteConfiguration,
} from "@aws-sdk/client-s3";
import type { Collection, Store } from "../../../state/store.ts";

/** What can be set on a bucket, by the name of the setting. */
export interface BucketSettingTypes {
  accelerate: AccelerateConfiguration;
  acl: readonly Checked<Grant>[];
  cors: Checked<CORSConfiguration>;
  encryption: Checked<ServerSideEncryptionConfiguration>;
  lifecycle: { rules: readonly Checked<LifecycleRule>[]; minimumSize: TransitionDefaultMinimumObjectSize };
  logging: Checked<LoggingEnabled>;
  notification: Checked<NotificationConfiguration>;
  objectLock: ObjectLockConfiguration;
  ownership: Checked<OwnershipControls>;
  policy: string;
  publicAccessBlock: PublicAccessBlockConfiguration;
  requestPayment: Checked<RequestPaymentConfiguration>;
  tags: readonly Checked<Tag>[];
  website: Checked<WebsiteConfiguration>;
}

/** A setting of a bucket that an operation of its own sets. */
export type BucketSettingName = keyof BucketSettingTypes;

/** The configuration of buckets, one record a setting. */
export class BucketSettings {
  readonly #records: Collection<BucketSettingTypes[BucketSettingName]>;

  constructor(store: Store) {
    this.#records = store.collection("s3.settings");
  }

  get<K extends BucketSettingName>(bucket: string, name: K): BucketSettingTypes[K] | undefined {
    return this.#records.get(`${bucket}/${name}`) as BucketSettingTypes[K] | undefined;
  }

  put<K extends BucketSettingName>(bucket: string, name: K, value: BucketSettingTypes[K]): void {
    this.#records.put(`${bucket}/${name}`, value);
  }

  delete(bucket: string, name: BucketSettingName): void {
    this.#records.delete(`${bucket}/${name}`);
  }

  /** Removes all settings of the bucket. */
  clear(bucket: string): void {
    for (const [key] of this.#records.list(`${bucket}/`)) this.#records.delete(key);
  }
}
