import { DescribeStackResourcesCommand, type CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { IConstruct } from "constructs";
import type { Assembly, AssemblyStack } from "../assembly/assembly.ts";
import { tryNamedPolicy } from "../assembly/named-policy.ts";
import { Aws } from "../aws/aws.ts";
import { deployApp, type DeployReport } from "../deploy/deploy.ts";
import { identifyTarget } from "../deploy/target.ts";
import { UserError } from "../errors.ts";
import type { IoHost, Message } from "../io/message.ts";
import { type AppResource, resourcesOf } from "./app-resources.ts";
import type { Place } from "./place.ts";
import { type SynthesisedApp, synthesiseConstruct, synthesiseProject } from "./synthesise-app.ts";

/** How a test's app is deployed. */
export interface DeployOptions {
  /**
   * How the new versions take over, by the field's name (`Canary10Percent5Minutes`). A test rarely has five minutes.
   * @default "AllAtOnce"
   */
  readonly rollout?: string;
  /** Values of the templates' own parameters. @default - their defaults */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What a deploy left at its place. */
export interface Deployed {
  /** Of all stacks together. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly AppResource[];
}

/**
 * Synthesises and deploys an app: the one that a construct is in, or that of a project's folder. `dispose` removes what
 * was written for it.
 */
export async function synthesiseAndDeploy(
  place: Place,
  app: IConstruct | string,
  options: DeployOptions,
): Promise<Deployed & Pick<SynthesisedApp, "dispose">> {
  const { assembly, dispose } =
    typeof app === "string" ? await synthesiseProject(app, place.stage) : synthesiseConstruct(app);
  try {
    return { ...(await deployTo(place, assembly, options)), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Deploys an assembly and reads what is there then. Throws a `UserError` with the deployer's own words where it fails. */
async function deployTo(place: Place, assembly: Assembly, options: DeployOptions): Promise<Deployed> {
  // A connection of its own: a role's session ends after an hour of the cloud's time, which a test may move.
  const aws = new Aws(place);
  try {
    const report = await deploy(aws, place, assembly, options);
    const resources = await Promise.all(assembly.stacks.map((stack) => readResources(aws, place, stack)));
    const outputs = Object.assign({}, ...report.stacks.map((stack) => stack.outputs)) as Record<string, string>;
    return { outputs, resources: resources.flat() };
  } finally {
    await aws.close();
  }
}

async function deploy(
  aws: Aws,
  { stage, region }: Place,
  assembly: Assembly,
  { rollout = "AllAtOnce", parameters = {} }: DeployOptions,
): Promise<DeployReport> {
  const messages: Message[] = [];
  const host: IoHost = { notify: (message) => void messages.push(message), ask: () => Promise.resolve(true) };
  const report = await deployApp({
    target: await identifyTarget(aws, stage, region),
    assembly,
    wanted: [],
    parameters,
    policy: policyOf(rollout),
    origin: { actor: "test" },
    holder: { name: `test ${process.pid}`, isGone: () => false },
    approval: "never",
    allowReplacement: true,
    detach: false,
    host,
    signal: new AbortController().signal,
  });
  if (report.exitCode !== 0) throw deployFailed(report, messages);
  return report;
}

function policyOf(name: string) {
  const policy = tryNamedPolicy(name);
  if (policy !== undefined) return { ...policy, finalBakeMs: 0 };
  throw new UserError("RolloutUnknown", `There is no rollout policy ${JSON.stringify(name)}`, {
    fix: "Use AllAtOnce, or a name of the form Canary10Percent5Minutes or Linear10PercentEvery1Minute.",
  });
}

function deployFailed(report: DeployReport, messages: readonly Message[]): UserError {
  const said = messages.filter(({ level }) => level === "error" || level === "warn").map(({ text }) => text);
  const { failure, release } = report;
  const cause = release?.cause === undefined ? [] : [`release ${release.state}: ${release.cause.text}`];
  const thrown = failure instanceof Error ? [failure.message] : [];
  return new UserError("DeployFailed", ["The app could not be deployed", ...said, ...cause, ...thrown].join("\n"), {
    cause: failure,
  });
}

async function readResources(aws: Aws, place: Place, stack: AssemblyStack): Promise<AppResource[]> {
  const region = stack.region === "unknown-region" ? place.region : stack.region;
  const client = await aws.inRegion(region).client("cloudformation");
  return readStack({ client, region, stack }, stack.stackName);
}

interface StackReader {
  readonly client: CloudFormationClient;
  readonly region: string;
  readonly stack: AssemblyStack;
}

/** A stack's resources, and those of the stacks nested in it. */
async function readStack(reader: StackReader, name: string): Promise<AppResource[]> {
  const { StackResources = [] } = await reader.client.send(new DescribeStackResourcesCommand({ StackName: name }));
  const own = resourcesOf(reader.stack, reader.region, StackResources);
  const nested = own.filter(({ type }) => type === "AWS::CloudFormation::Stack");
  const below = await Promise.all(nested.map(({ physicalId }) => readStack(reader, physicalId)));
  return [...own, ...below.flat()];
}
