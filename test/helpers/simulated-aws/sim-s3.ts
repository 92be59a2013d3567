import { createHash } from "node:crypto";
import { SimError } from "./sim-error.ts";
import type { World } from "./world.ts";

type Input = Record<string, unknown>;

/** S3's operations, by name. */
export const S3: Record<string, (world: World, input: Input, who: string) => unknown> = {
  GetObject: (world, input) => {
    checkOwner(world, input);
    const text = world.objects.get(String(input["Key"]));
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
    world.changed({ kind: "object", who, key, before, after });
    return { ETag: etag(after) };
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
