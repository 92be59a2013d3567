import type { Checked } from "../../kit/checked.ts";
import type { AccessKeyMetadata, User } from "@aws-sdk/client-iam";
import { randomBytes } from "node:crypto";
import { describeBoundary, requireBoundary } from "./boundaries.ts";
import { type Iam, iamArn, type Input, keyOf, nowMs, type Output, requireUser } from "./context.ts";
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from "./errors.ts";
import { makeId, readPath, validateName } from "./names.ts";
import { readPage } from "./paging.ts";
import type { AccessKeyRecord, UserRecord } from "../../policy/identity-records.ts";
import { addTags, removeTags } from "./tags.ts";

const MOST_ACCESS_KEYS = 2;

/** Creates a user. `EntityAlreadyExistsException` where the account has one of this name. */
export function createUser(iam: Iam, input: Input<"CreateUser">): Output<"CreateUser"> {
  const name = input.UserName;
  validateName(name, "userName", 64);
  const path = readPath(input.Path);
  if (iam.users.get(keyOf(name))) throw alreadyExists(`User with name ${name} already exists.`);
  if (input.PermissionsBoundary) requireBoundary(iam, input.PermissionsBoundary);
  const user: UserRecord = {
    name,
    path,
    id: makeId("user"),
    createdMs: nowMs(iam),
    inline: [],
    attached: [],
    ...(input.PermissionsBoundary ? { boundary: input.PermissionsBoundary } : {}),
    tags: addTags([], input.Tags),
    groups: [],
  };
  iam.users.put(keyOf(name), user);
  return { User: describeUser(iam, user) };
}

/** Returns a user; without a name, the caller. */
export function getUser(iam: Iam, input: Input<"GetUser">): Output<"GetUser"> {
  if (input.UserName === undefined) return { User: describeRoot(iam) };
  return { User: describeUser(iam, requireUser(iam, input.UserName)) };
}

/** Lists users by path prefix, a page at a time. */
export function listUsers(iam: Iam, input: Input<"ListUsers">): Output<"ListUsers"> {
  const users = iam.users.list().map(([, user]) => user);
  const page = readPage(
    users.filter((user) => user.path.startsWith(input.PathPrefix ?? "/")),
    input,
  );
  return { Users: page.items.map((user) => describeListed(iam, user)), ...page.paging };
}

/** Deletes a user without keys, groups and policies: else `DeleteConflictException`. */
export function deleteUser(iam: Iam, input: Input<"DeleteUser">): object {
  const user = requireUser(iam, input.UserName);
  if (keysOf(iam, user.name).length > 0) throw deleteConflict("Cannot delete entity, must delete access keys first.");
  if (user.groups.length > 0) throw deleteConflict("Cannot delete entity, must remove users from group first.");
  if (user.attached.length > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
  if (user.inline.length > 0) throw deleteConflict("Cannot delete entity, must delete policies first.");
  iam.users.delete(keyOf(user.name));
  return {};
}

/** Adds tags to a user, or overwrites them: at most 50. */
export function tagUser(iam: Iam, input: Input<"TagUser">): object {
  const user = requireUser(iam, input.UserName);
  iam.users.put(keyOf(user.name), { ...user, tags: addTags(user.tags, input.Tags) });
  return {};
}

/** Removes tags by their keys. Keys that the user does not have are ignored. */
export function untagUser(iam: Iam, input: Input<"UntagUser">): object {
  const user = requireUser(iam, input.UserName);
  iam.users.put(keyOf(user.name), { ...user, tags: removeTags(user.tags, input.TagKeys) });
  return {};
}

/** Lists a user's tags, a page at a time. */
export function listUserTags(iam: Iam, input: Input<"ListUserTags">): Output<"ListUserTags"> {
  const page = readPage(requireUser(iam, input.UserName).tags, input);
  return { Tags: page.items, ...page.paging };
}

/** Creates an access key. Only this answer has its secret. A user has at most two keys. */
export function createAccessKey(iam: Iam, input: Input<"CreateAccessKey">): Output<"CreateAccessKey"> {
  const user = requireUser(iam, input.UserName);
  if (keysOf(iam, user.name).length >= MOST_ACCESS_KEYS) {
    throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${MOST_ACCESS_KEYS}`);
  }
  const key: AccessKeyRecord = {
    id: makeId("accessKey"),
    userName: user.name,
    status: "Active",
    createdMs: nowMs(iam),
  };
  iam.accessKeys.put(key.id, key);
  // Shown once and not kept: the local cloud verifies no signatures.
  const SecretAccessKey = randomBytes(30).toString("base64");
  return { AccessKey: { ...describeKey(key), SecretAccessKey } as never };
}

/** Lists a user's access keys, without their secrets. */
export function listAccessKeys(iam: Iam, input: Input<"ListAccessKeys">): Output<"ListAccessKeys"> {
  const page = readPage(keysOf(iam, requireUser(iam, input.UserName).name), input);
  return { AccessKeyMetadata: page.items.map(describeKey), ...page.paging };
}

/** Makes an access key active or inactive: calls signed with an inactive key are refused. */
export function updateAccessKey(iam: Iam, input: Input<"UpdateAccessKey">): object {
  const key = requireKey(iam, input.AccessKeyId);
  iam.accessKeys.put(key.id, { ...key, status: input.Status === "Inactive" ? "Inactive" : "Active" });
  return {};
}

/** Deletes an access key. */
export function deleteAccessKey(iam: Iam, input: Input<"DeleteAccessKey">): object {
  iam.accessKeys.delete(requireKey(iam, input.AccessKeyId).id);
  return {};
}

function describeUser(iam: Iam, user: UserRecord): Checked<User> {
  return {
    ...describeListed(iam, user),
    ...describeBoundary(user.boundary),
    ...(user.tags.length > 0 ? { Tags: [...user.tags] } : {}),
  };
}

/** A user as lists have it: without tags and boundary. */
export function describeListed(iam: Iam, user: UserRecord): Checked<User> {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: iamArn(iam, "user", user),
    CreateDate: new Date(user.createdMs),
  };
}

/** Callers of the local cloud are the account's root, who has neither name nor path. */
function describeRoot(iam: Iam): Checked<User> {
  const { account } = iam.cloud;
  return { UserId: account, Arn: `arn:aws:iam::${account}:root`, CreateDate: new Date(0) } as Checked<User>;
}

function keysOf(iam: Iam, userName: string): AccessKeyRecord[] {
  return iam.accessKeys
    .list()
    .map(([, key]) => key)
    .filter((key) => key.userName === userName);
}

function requireKey(iam: Iam, id: string): AccessKeyRecord {
  const key = iam.accessKeys.get(id);
  if (key === undefined) throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  return key;
}

function describeKey(key: AccessKeyRecord): AccessKeyMetadata {
  return {
    UserName: key.userName,
    AccessKeyId: key.id,
    Status: key.status,
    CreateDate: new Date(key.createdMs),
  };
}
