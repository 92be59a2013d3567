import { createHash } from "node:crypto";
import { SimError } from "./sim-error.ts";
import type { World } from "./world.ts";

type Input = Record<string, unknown>;

/** S3's operations, by name. */
export const S3: Record<string, (world: World, input: Input, who: string) => unknown> = {
  GetObject: (world, input) => {
    checkOwner(world, input);
    const key = String(input["Key"]);
    const { VersionId } = input;
    const text = VersionId === undefined ? world.objects.get(key) : world.objectVersions.get(key)?.[Number(VersionId)];
    if (text === undefined) throw new SimError("NoSuchKey", "The specified key does not exist.", 404);
    return { ETag: etag(text), Body: { transformToString: () => Promise.resolve(text) } };
  },
  PutObject: (world, input, who) => {
    checkOwner(world, input);
    const key = String(input["Key"]);
    const before = world.objects.get(key);
    if (input["IfNoneMatch"] === "*" && before !== undefined) throw precondition();
    if (input["IfMatch"] !== undefined) {
      if (before === undefined) throw new SimError("NoSuchKey", "The specified key does not exist.", 404);
      if (input["IfMatch"] !== etag(before)) throw precondition();
    }
    const after = String(input["Body"]);
    world.objects.set(key, after);
    world.objectVersions.set(key, [...(world.objectVersions.get(key) ?? []), after]);
    world.changed({ kind: "object", who, key, before, after });
    return { ETag: etag(after) };
  },
  ListObjectVersions: (world, input) => {
    checkOwner(world, input);
    const Key = String(input["Prefix"]);
    const count = world.objectVersions.get(Key)?.length ?? 0;
    const ids = Array.from({ length: count }, (_, index) => String(count - 1 - index));
    return { Versions: ids.slice(0, Number(input["MaxKeys"])).map((VersionId) => ({ Key, VersionId })) };
  },
};

function checkOwner(world: World, input: Input): void {
  if (input["ExpectedBucketOwner"] === world.account) return;
  throw new SimError("AccessDenied", "Access Denied", 403);
}

function precondition(): SimError {
  return new SimError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
}

function etag(text: string): string {
  return `"${createHash("md5").update(text).digest("hex")}"`;
}
