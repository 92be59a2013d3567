import { isAwsError } from "../../../aws-error.ts";
import type { CurrentResource, PhysicalResource, Properties, ResourceContext } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { BUCKET_SETTINGS, type BucketSetting } from "./s3-bucket-settings.ts";
import { sameValue, tolerate } from "./tolerate.ts";

/** AWS::S3::Bucket: the bucket, then each of its settings by the operation that S3 has for it. */
export const s3Bucket = resource("AWS::S3::Bucket", {
  async create(desired, context) {
    const Bucket = nameOf(desired, context);
    await createOrAdopt(Bucket, desired, context);
    await applySettings(Bucket, {}, desired, context);
    await putTags(Bucket, desired, context, false);
    return physical(Bucket, context);
  },
  async update(desired, current, context) {
    const Bucket = current.physicalId;
    await applySettings(Bucket, current.properties, desired, context);
    await putTags(Bucket, desired, context, true);
    return physical(Bucket, context);
  },
  async delete(current: CurrentResource, context) {
    await tolerate(context.call("s3", "DeleteBucket", { Bucket: current.physicalId }), "NoSuchBucket");
  },
});

/** Given, or a prefix in the account's own namespace, or made of the stack's name. */
function nameOf({ BucketName, BucketNamePrefix }: PropertiesOf<"AWS::S3::Bucket">, context: ResourceContext): string {
  if (BucketName !== undefined) return BucketName;
  if (BucketNamePrefix === undefined) return context.name({ maxLength: 63, lowerCase: true });
  return `${BucketNamePrefix}-${context.account}-${context.region}-an`;
}

async function createOrAdopt(
  Bucket: string,
  desired: PropertiesOf<"AWS::S3::Bucket">,
  context: ResourceContext,
): Promise<void> {
  const LocationConstraint = context.region;
  try {
    await context.call("s3", "CreateBucket", {
      Bucket,
      ACL: cannedAcl(desired.AccessControl),
      BucketNamespace: desired.BucketNamespace,
      ObjectLockEnabledForBucket: desired.ObjectLockEnabled,
      ...(context.region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } }),
    });
  } catch (error) {
    if (!context.resumed || !isAwsError(error, "BucketAlreadyOwnedByYou", "BucketAlreadyExists")) throw error;
  }
}

/** `LogDeliveryWrite` in the template is `log-delivery-write` in the API. */
function cannedAcl(value: unknown): string | undefined {
  return typeof value === "string" ? value.replace(/(?<!^)([A-Z])/g, "-$1").toLowerCase() : undefined;
}

async function applySettings(
  Bucket: string,
  before: Properties,
  desired: Properties,
  context: ResourceContext,
): Promise<void> {
  for (const setting of BUCKET_SETTINGS) {
    if (sameValue(before[setting.property], desired[setting.property])) continue;
    await applySetting(Bucket, setting, before[setting.property], desired[setting.property], context);
  }
}

async function applySetting(
  Bucket: string,
  setting: BucketSetting,
  before: unknown,
  desired: unknown,
  context: ResourceContext,
): Promise<void> {
  const call = (operation: string, input: object) =>
    context.call("s3", operation as "PutBucketCors", { Bucket, ...input } as never);
  if (desired !== undefined) await call(setting.put, setting.input(desired));
  else if (setting.remove !== undefined) await call(setting.remove, {});
  else if (setting.off && before !== undefined) await call(setting.put, setting.off);
}

async function putTags(
  Bucket: string,
  desired: Properties,
  context: ResourceContext,
  isUpdate: boolean,
): Promise<void> {
  const TagSet = context.plainTags(desired.Tags);
  if (TagSet.length > 0) await context.call("s3", "PutBucketTagging", { Bucket, Tagging: { TagSet } });
  else if (isUpdate) await context.call("s3", "DeleteBucketTagging", { Bucket });
}

function physical(Bucket: string, { region }: ResourceContext): PhysicalResource {
  return {
    physicalId: Bucket,
    attributes: {
      Arn: `arn:aws:s3:::${Bucket}`,
      DomainName: `${Bucket}.s3.amazonaws.com`,
      DualStackDomainName: `${Bucket}.s3.dualstack.${region}.amazonaws.com`,
      RegionalDomainName: `${Bucket}.s3.${region}.amazonaws.com`,
      WebsiteURL: `http://${Bucket}.s3-website-${region}.amazonaws.com`,
    },
  };
}

/** AWS::S3::BucketPolicy */
export const s3BucketPolicy = resource("AWS::S3::BucketPolicy", {
  async create(desired, context) {
    const Bucket = desired.Bucket;
    await context.call("s3", "PutBucketPolicy", { Bucket, Policy: policyText(desired.PolicyDocument) });
    return { physicalId: Bucket };
  },
  async update(desired, current, context) {
    await context.call("s3", "PutBucketPolicy", {
      Bucket: current.physicalId,
      Policy: policyText(desired.PolicyDocument),
    });
    return current;
  },
  async delete(current, context) {
    await tolerate(
      context.call("s3", "DeleteBucketPolicy", { Bucket: current.physicalId }),
      "NoSuchBucket",
      "NoSuchBucketPolicy",
    );
  },
});

function policyText(document: unknown): string {
  return typeof document === "string" ? document : JSON.stringify(document);
}
