import { bootstrapTemplate } from "./bootstrap-template.ts";
import { AwsError, isAwsError } from "./aws-error.ts";
import type { Cloud } from "./service.ts";

/** The part of the cloud that is needed here: calling its services. */
type Caller = Pick<Cloud, "call">;

/** A name of the standard CDK bootstrap, with the region that it is in where it says so. */
const NAMES =
  /cdk-hnb659fds-[a-z]+(?:-[a-z]+)*-\d{12}-([a-z]{2}(?:-[a-z]+)+-\d)|\/cdk-bootstrap\/hnb659fds\/|^CDKToolkit$|:stack\/CDKToolkit\//;

const under = new WeakMap<Caller, Map<string, Promise<void>>>();

/**
 * The region whose CDK bootstrap an operation's input names (its bucket, roles, parameter or stack), if it names one.
 * Looks at the texts at the top of the input only: names are there.
 */
export function bootstrapRegion(input: unknown, region: string): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  for (const value of Object.values(input)) {
    const texts = Array.isArray(value) ? (value as unknown[]) : [value];
    for (const text of texts) {
      const match = typeof text === "string" && text.length < 2048 ? NAMES.exec(text) : null;
      if (match) return match[1] ?? region;
    }
  }
  return undefined;
}

/**
 * Sees to it that the region has a standard CDK bootstrap: the stack CDKToolkit with the asset bucket, the roles and
 * the version parameter. The first call in a region makes it, by CloudFormation; later calls cost nothing.
 */
export function ensureBootstrap(cloud: Caller, region: string): Promise<void> {
  const regions = under.get(cloud) ?? new Map<string, Promise<void>>();
  under.set(cloud, regions);
  let made = regions.get(region);
  if (!made) {
    made = make(cloud, region);
    regions.set(region, made);
    made.catch(() => regions.delete(region));
  }
  return made;
}

const STACK = { StackName: "CDKToolkit" };

async function make(cloud: Caller, region: string): Promise<void> {
  const found = await settledStatus(cloud, region);
  if (found === "CREATE_COMPLETE" || found === "UPDATE_COMPLETE" || found === "UPDATE_ROLLBACK_COMPLETE") return;
  if (found !== undefined) {
    await cloud.call("cloudformation", "DeleteStack", STACK, { region });
    await settledStatus(cloud, region);
  }
  await create(cloud, region);
  const status = await settledStatus(cloud, region);
  if (status === "CREATE_COMPLETE") return;
  const message = `The CDK bootstrap of ${region} could not be made: the stack CDKToolkit is ${status}. Its events say why.`;
  throw new AwsError("InternalFailure", message, { statusCode: 500 });
}

async function create(cloud: Caller, region: string): Promise<void> {
  const TemplateBody = JSON.stringify(bootstrapTemplate());
  const input = { ...STACK, TemplateBody, Capabilities: ["CAPABILITY_NAMED_IAM" as const] };
  try {
    await cloud.call("cloudformation", "CreateStack", input, { region });
  } catch (error) {
    if (!isAwsError(error, "AlreadyExistsException")) throw error;
  }
}

async function settledStatus(cloud: Caller, region: string): Promise<string | undefined> {
  for (;;) {
    const status = await statusOf(cloud, region);
    if (!status?.endsWith("_IN_PROGRESS")) return status;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function statusOf(cloud: Caller, region: string): Promise<string | undefined> {
  try {
    const { Stacks = [] } = await cloud.call("cloudformation", "DescribeStacks", STACK, { region });
    return Stacks[0]?.StackStatus;
  } catch (error) {
    if (isAwsError(error, "ValidationError")) return undefined;
    throw error;
  }
}
