import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  EntityAlreadyExistsException,
  type IAMClient,
} from "@aws-sdk/client-iam";

const SERVICES = ["cloudformation", "events", "lambda", "scheduler", "states"];

/** Makes a role that services may assume and that may do everything. */
export async function makeRole(iam: IAMClient, RoleName: string): Promise<void> {
  const Principal = { Service: SERVICES.map((name) => `${name}.amazonaws.com`) };
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }],
  };
  const AssumeRolePolicyDocument = JSON.stringify(trust);
  const create = new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument });
  await iam.send(create).catch((error: unknown) => {
    // A cloud that was started again has it.
    if (!(error instanceof EntityAlreadyExistsException)) throw error;
  });
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
}
