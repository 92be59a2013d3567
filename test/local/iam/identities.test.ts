import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  type CreateRoleCommandInput,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let iam: IAMClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  iam = cloud.client(IAMClient);
});
afterAll(() => cloud.stop());

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a b/%2F*" }],
});
const createRole = (RoleName: string, more: Partial<CreateRoleCommandInput> = {}) =>
  iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, ...more }));

describe("a role", () => {
  test("is created and read back as AWS does", async () => {
    const { Role } = await createRole("reader", {
      Path: "/team/",
      Description: "Reads",
      Tags: [{ Key: "a", Value: "b" }],
    });
    expect(Role).toMatchObject({
      Arn: "arn:aws:iam::000000000000:role/team/reader",
      Path: "/team/",
      RoleName: "reader",
    });
    expect(Role!.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);
    expect(Role).not.toHaveProperty("MaxSessionDuration");
    const read = (await iam.send(new GetRoleCommand({ RoleName: "reader" }))).Role!;
    expect(read).toMatchObject({ MaxSessionDuration: 3600, Description: "Reads", Tags: [{ Key: "a", Value: "b" }] });
    expect(decodeURIComponent(read.AssumeRolePolicyDocument!)).toBe(TRUST);
    const { Roles } = await iam.send(new ListRolesCommand({ PathPrefix: "/team/" }));
    expect(Roles!.map((role) => role.RoleName)).toEqual(["reader"]);
  });

  test("fails when its name is taken, in any case", async () => {
    await createRole("taken");
    await expect(createRole("Taken")).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "Role with name Taken already exists.",
    });
    await expect(iam.send(new GetRoleCommand({ RoleName: "absent" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "The role with name absent cannot be found.",
    });
  });

  test.each([
    ["is not JSON", "nope", "This policy contains invalid Json"],
    ["names a resource", TRUST.replace('"Action"', '"Resource":"*","Action"'), "Has prohibited field Resource"],
    [
      "lets something else be done",
      TRUST.replace("sts:AssumeRole", "s3:GetObject"),
      "AssumeRole policy may only specify STS AssumeRole actions.",
    ],
    [
      "trusts no principal",
      TRUST.replace('"Principal":{"Service":"lambda.amazonaws.com"},', ""),
      "Missing required field Principal",
    ],
    [
      "trusts an unknown service",
      TRUST.replace("lambda.amazonaws.com", "unknown"),
      'Invalid principal in policy: "SERVICE":"unknown"',
    ],
    [
      "trusts a role that does not exist",
      TRUST.replace('"Service":"lambda.amazonaws.com"', '"AWS":"arn:aws:iam::000000000000:role/ghost"'),
      'Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:role/ghost"',
    ],
  ])("fails when its trust policy %s", async (_why, AssumeRolePolicyDocument, message) => {
    await expect(createRole("untrusted", { AssumeRolePolicyDocument })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
      message,
    });
  });

  test("keeps inline policies as they came, and goes only without them", async () => {
    await createRole("inline");
    const policy = { RoleName: "inline", PolicyName: "p" };
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: POLICY }));
    const read = await iam.send(new GetRolePolicyCommand(policy));
    expect(decodeURIComponent(read.PolicyDocument!)).toBe(POLICY);
    await expect(iam.send(new DeleteRoleCommand({ RoleName: "inline" }))).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete entity, must delete policies first.",
    });
    await iam.send(new DeleteRolePolicyCommand(policy));
    await iam.send(new DeleteRoleCommand({ RoleName: "inline" }));
    await expect(iam.send(new DeleteRoleCommand({ RoleName: "inline" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
  });

  test("takes AWS's managed policies, whose documents are the true ones", async () => {
    await createRole("managed");
    const PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    const attachment = { RoleName: "managed", PolicyArn };
    await iam.send(new AttachRolePolicyCommand(attachment));
    await iam.send(new AttachRolePolicyCommand(attachment));
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: "managed" }));
    expect(AttachedPolicies).toEqual([{ PolicyArn, PolicyName: "AWSLambdaBasicExecutionRole" }]);
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({ Path: "/service-role/", DefaultVersionId: "v1", AttachmentCount: 1 });
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    expect(decodeURIComponent(PolicyVersion!.Document!)).toContain("logs:PutLogEvents");
    await expect(iam.send(new DeleteRoleCommand({ RoleName: "managed" }))).rejects.toMatchObject({
      message: "Cannot delete entity, must detach all policies first.",
    });
    await iam.send(new DetachRolePolicyCommand(attachment));
    await expect(iam.send(new DetachRolePolicyCommand(attachment))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
  });

  test("can be trusted by another, be tagged and be in an instance profile", async () => {
    await createRole("first");
    await createRole("second");
    const trust = TRUST.replace('"Service":"lambda.amazonaws.com"', '"AWS":"arn:aws:iam::000000000000:role/first"');
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "second", PolicyDocument: trust }));
    await iam.send(new TagRoleCommand({ RoleName: "second", Tags: [{ Key: "x", Value: "1" }] }));
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "profile" }));
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: "profile", RoleName: "second" }));
    await expect(iam.send(new DeleteRoleCommand({ RoleName: "second" }))).rejects.toMatchObject({
      message: "Cannot delete entity, must remove roles from instance profile first.",
    });
  });

  test("may be linked to a service, without a suffix", async () => {
    const AWSServiceName = "rds.amazonaws.com";
    await expect(
      iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName, CustomSuffix: "mine" })),
    ).rejects.toMatchObject({ message: "Custom suffix is not allowed for rds.amazonaws.com" });
    const { Role } = await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName }));
    expect(Role!.Path).toBe("/aws-service-role/rds.amazonaws.com/");
  });
});

test("an inline policy without a version is of the version 2008-10-17", async () => {
  await createRole("old");
  const PolicyDocument = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] });
  await iam.send(new PutRolePolicyCommand({ RoleName: "old", PolicyName: "p", PolicyDocument }));
  const kept = await iam.send(new GetRolePolicyCommand({ RoleName: "old", PolicyName: "p" }));
  expect(decodeURIComponent(kept.PolicyDocument!)).toBe(PolicyDocument);
});

describe("a managed policy", () => {
  test("has up to five versions, one in force", async () => {
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: "versions", PolicyDocument: POLICY }));
    const PolicyArn = Policy!.Arn!;
    expect(PolicyArn).toBe("arn:aws:iam::000000000000:policy/versions");
    const next = () =>
      iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: POLICY, SetAsDefault: true }));
    for (let i = 0; i < 4; i++) await next();
    await expect(next()).rejects.toMatchObject({ name: "LimitExceededException" });
    await expect(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v5" }))).rejects.toMatchObject({
      message: "Cannot delete the default version of a policy.",
    });
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    const { PolicyVersion } = await next();
    expect(PolicyVersion!.VersionId).toBe("v6");
    const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions!.map((version) => version.VersionId)).toEqual(["v6", "v5", "v4", "v3", "v2"]);
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
  });

  test.each([
    ["has no statement", "{}", "Syntax errors in policy."],
    [
      "is of the old version",
      POLICY.replace("2012-10-17", "2008-10-17"),
      "Policy document must be version 2012-10-17 or greater.",
    ],
    ["has no resource", POLICY.replace(/,"Resource":"[^"]*"/, ""), "Policy statement must contain resources."],
    [
      "has an action without a service",
      POLICY.replace("s3:GetObject", "GetObject"),
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ],
    [
      "has a resource that is not an ARN",
      POLICY.replace("arn:aws:s3:::a b/%2F*", "bucket"),
      'Resource bucket must be in ARN format or "*".',
    ],
  ])("fails when it %s", async (_why, PolicyDocument, message) => {
    await expect(iam.send(new CreatePolicyCommand({ PolicyName: "bad", PolicyDocument }))).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
      message,
    });
  });
});

test("users are made as AWS makes them", async () => {
  const { User } = await iam.send(new CreateUserCommand({ UserName: "ada" }));
  expect(User).toMatchObject({ Arn: "arn:aws:iam::000000000000:user/ada", Path: "/", UserName: "ada" });
});
