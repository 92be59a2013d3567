/**
 * Properties of `AWS::Lambda::Function` that are not part of a version: AWS publishes nothing when only they change,
 * and CloudFormation then fails with "already exists". From the API's PublishVersion, TagResource,
 * PutFunctionConcurrency, PutFunctionCodeSigningConfig and PutFunctionRecursionConfig.
 */
const UNVERSIONED = new Set([
  "Tags",
  "ReservedConcurrentExecutions",
  "CodeSigningConfigArn",
  "RecursiveLoop",
  "TenancyConfig",
]);
const ASSET_KEY = /[0-9a-f]{64}\.zip$/;

/** Whether a property of a function is part of its versions, by its name in CloudFormation. */
export function isVersioned(name: string): boolean {
  return !UNVERSIONED.has(name);
}

/**
 * The properties of a function or a state machine that are part of its versions, by name. An asset's key is the hash of
 * its content: its bucket is not part of the version.
 */
export function versionedProperties(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const versioned = Object.entries(properties).filter(([name]) => isVersioned(name));
  return Object.fromEntries(
    versioned.map(([name, value]) => [name, name === "Code" ? withoutAssetBucket(value) : value]),
  );
}

function withoutAssetBucket(code: unknown): unknown {
  const key = typeof code === "object" && code !== null && "S3Key" in code ? code.S3Key : undefined;
  return typeof key === "string" && ASSET_KEY.test(key) ? { S3Key: key } : code;
}
