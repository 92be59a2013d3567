import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
  type PutSecretValueCommandInput,
} from "@aws-sdk/client-secrets-manager";
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let secrets: SecretsManagerClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  secrets = cloud.client(SecretsManagerClient);
});
afterAll(() => cloud.stop());

const create = (Name: string, SecretString?: string) => secrets.send(new CreateSecretCommand({ Name, SecretString }));
const get = (SecretId: string, more: object = {}) => secrets.send(new GetSecretValueCommand({ SecretId, ...more }));
const put = (SecretId: string, SecretString: string, more: Partial<PutSecretValueCommandInput> = {}) =>
  secrets.send(new PutSecretValueCommand({ SecretId, SecretString, ...more }));
const stages = async (SecretId: string) => {
  const { Versions } = await secrets.send(new ListSecretVersionIdsCommand({ SecretId }));
  return Versions!.map(({ VersionId, VersionStages }) => [VersionId, VersionStages]);
};

describe("a secret", () => {
  test("is read by name, by ARN and by ARN without its end", async () => {
    const { ARN, VersionId } = await create("app/Name_+=.@!", "hush");
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:app\/Name_\+=\.@!-\w{6}$/);
    for (const id of ["app/Name_+=.@!", ARN!, ARN!.slice(0, -7)]) {
      expect(await get(id)).toMatchObject({ ARN, VersionId, SecretString: "hush", VersionStages: ["AWSCURRENT"] });
    }
    const { ARN: tricky } = await create("name-a1b2c3", "x");
    expect((await get(tricky!)).SecretString).toBe("x");
    await expect(get(tricky!.slice(0, -7))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret.",
    });
  });

  test("may hold bytes, or nothing yet", async () => {
    const SecretBinary = new Uint8Array([0, 1, 2, 255]);
    await secrets.send(new CreateSecretCommand({ Name: "bytes", SecretBinary }));
    expect((await get("bytes")).SecretBinary).toEqual(SecretBinary);
    expect(await create("empty")).not.toHaveProperty("VersionId");
    await expect(get("empty")).rejects.toMatchObject({
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
    await put("empty", "now");
    expect((await get("empty")).SecretString).toBe("now");
  });

  test("is encrypted at rest", async () => {
    await create("sealed", "plain-text-of-the-secret");
    const files = (await readdir(cloud.stateFolder)).filter((name) => name.startsWith("state.sqlite"));
    const bytes = await Promise.all(files.map((name) => readFile(join(cloud.stateFolder, name))));
    expect(bytes.some((file) => file.includes("sealed"))).toBe(true);
    expect(bytes.some((file) => file.includes("plain-text-of-the-secret"))).toBe(false);
  });

  test("fails when its name is taken or invalid", async () => {
    await create("taken", "1");
    await expect(create("taken", "1")).rejects.toMatchObject({
      name: "ResourceExistsException",
      message: "The operation failed because the secret taken already exists.",
    });
    await expect(create("Inv *Name?", "1")).rejects.toMatchObject({
      name: "ValidationException",
      message:
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
    });
  });

  test("is made once for one token", async () => {
    const request = { Name: "repeated", SecretString: "1", ClientRequestToken: randomUUID() };
    const first = await secrets.send(new CreateSecretCommand(request));
    expect((await secrets.send(new CreateSecretCommand(request))).ARN).toBe(first.ARN);
    await expect(put("repeated", "other", { ClientRequestToken: request.ClientRequestToken })).rejects.toMatchObject({
      name: "ResourceExistsException",
    });
  });
});

describe("versions", () => {
  test("become current and previous in turn", async () => {
    const { VersionId: one } = await create("turns", "1");
    const { VersionId: two } = await put("turns", "2");
    expect(await stages("turns")).toEqual([
      [one, ["AWSPREVIOUS"]],
      [two, ["AWSCURRENT"]],
    ]);
    const { VersionId: three } = await secrets.send(new UpdateSecretCommand({ SecretId: "turns", SecretString: "3" }));
    expect(await stages("turns")).toEqual([
      [two, ["AWSPREVIOUS"]],
      [three, ["AWSCURRENT"]],
    ]);
    expect((await get("turns", { VersionStage: "AWSPREVIOUS" })).SecretString).toBe("2");
    expect((await get("turns", { VersionId: one })).SecretString).toBe("1");
    await expect(get("turns", { VersionId: one, VersionStage: "AWSCURRENT" })).rejects.toMatchObject({
      name: "InvalidRequestException",
    });
  });

  test("are promoted as a rotation does it", async () => {
    const { VersionId: one } = await create("rotation", "S1");
    const { VersionId: two, VersionStages } = await put("rotation", "S2", { VersionStages: ["PUT1", "AWSPENDING"] });
    expect(VersionStages).toEqual(["AWSPENDING", "PUT1"]);
    expect((await get("rotation")).SecretString).toBe("S1");
    const promote = (RemoveFromVersionId?: string) =>
      secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId: "rotation",
          VersionStage: "AWSCURRENT",
          MoveToVersionId: two,
          RemoveFromVersionId,
        }),
      );
    await expect(promote()).rejects.toMatchObject({ name: "InvalidParameterException" });
    await promote(one);
    expect(await stages("rotation")).toEqual([
      [one, ["AWSPREVIOUS"]],
      [two, ["AWSCURRENT", "AWSPENDING", "PUT1"]],
    ]);
  });
});

describe("a deletion", () => {
  const remove = (SecretId: string, more: object = {}) => secrets.send(new DeleteSecretCommand({ SecretId, ...more }));

  test("can be taken back until its time comes", async () => {
    await create("deleted", "1");
    const { DeletionDate } = await remove("deleted", { RecoveryWindowInDays: 7 });
    expect(DeletionDate!.getTime() - cloud.clock.now()).toBeGreaterThan(6 * 86_400_000);
    await expect(get("deleted")).rejects.toMatchObject({
      message: "You can't perform this operation on the secret because it was marked for deletion.",
    });
    await expect(create("deleted", "2")).rejects.toMatchObject({
      message: "You can't create this secret because a secret with this name is already scheduled for deletion.",
    });
    expect((await secrets.send(new DescribeSecretCommand({ SecretId: "deleted" }))).DeletedDate).toBeInstanceOf(Date);
    await secrets.send(new RestoreSecretCommand({ SecretId: "deleted" }));
    expect((await get("deleted")).SecretString).toBe("1");
    await remove("deleted", { RecoveryWindowInDays: 7 });
    await cloud.clock.advance(8 * 86_400_000);
    await create("deleted", "3");
    expect((await get("deleted")).SecretString).toBe("3");
  });

  test("by force is final, and succeeds for a missing secret", async () => {
    await create("forced", "1");
    await remove("forced", { ForceDeleteWithoutRecovery: true });
    await create("forced", "2");
    expect((await remove("never-was", { ForceDeleteWithoutRecovery: true })).DeletionDate).toBeInstanceOf(Date);
    await expect(remove("forced", { ForceDeleteWithoutRecovery: true, RecoveryWindowInDays: 7 })).rejects.toMatchObject(
      { name: "InvalidParameterException" },
    );
  });
});

test("secrets are found by filter, and read many at once", async () => {
  await create("find/one", "1");
  await create("find/two", "2");
  await secrets.send(new TagResourceCommand({ SecretId: "find/two", Tags: [{ Key: "team", Value: "blue" }] }));
  const list = async (Key: "name" | "tag-key", ...Values: string[]) =>
    (await secrets.send(new ListSecretsCommand({ Filters: [{ Key, Values }] }))).SecretList!.map(({ Name }) => Name);
  expect(await list("name", "find/")).toEqual(["find/one", "find/two"]);
  expect(await list("tag-key", "team")).toEqual(["find/two"]);
  const batch = await secrets.send(new BatchGetSecretValueCommand({ SecretIdList: ["find/one", "absent"] }));
  expect(batch.SecretValues).toMatchObject([{ Name: "find/one", SecretString: "1" }]);
  expect(batch.Errors).toMatchObject([{ SecretId: "absent", ErrorCode: "ResourceNotFoundException" }]);
});

test("a random password follows its settings", async () => {
  const { RandomPassword } = await secrets.send(
    new GetRandomPasswordCommand({ PasswordLength: 20, ExcludePunctuation: true, ExcludeCharacters: "aeiou" }),
  );
  expect(RandomPassword).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[b-df-hj-np-tv-zA-Z\d]{20}$/);
  await expect(secrets.send(new GetRandomPasswordCommand({ PasswordLength: 2 }))).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
});

test("a version that was current and pending is only the previous one once another is current", async () => {
  await create("was-pending", "S1");
  const { VersionId: two } = await put("was-pending", "S2", { VersionStages: ["AWSCURRENT", "AWSPENDING"] });
  const { VersionId: three } = await put("was-pending", "S3");
  expect(Object.fromEntries(await stages("was-pending"))).toMatchObject({
    [two!]: ["AWSPREVIOUS"],
    [three!]: ["AWSCURRENT"],
  });
});

test("an empty description is none", async () => {
  await secrets.send(new CreateSecretCommand({ Name: "no-words", SecretString: "x", Description: "" }));
  const { Description } = await secrets.send(new DescribeSecretCommand({ SecretId: "no-words" }));
  expect(Description).toBeUndefined();
});
