import type { IConstruct } from "constructs";
import type { Assembly } from "../assembly/assembly.ts";
import { tryNamedPolicy } from "../assembly/named-policy.ts";
import { Aws } from "../aws/aws.ts";
import { deployApp, type DeployReport } from "../deploy/deploy.ts";
import { identifyTarget, type Target } from "../deploy/target.ts";
import { UserError } from "../errors.ts";
import { readApp } from "../look/app/read-app.ts";
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
  readonly rollout?: string | undefined;
  /** Values of the templates' own parameters. @default - their defaults */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** What a deploy left at its place. */
export interface Deployed {
  /** Of all stacks together. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly AppResource[];
}

/** How a deploy ended, well or not, and what is at its place then. */
export interface DeployAttempt extends Deployed {
  readonly report: DeployReport;
  /** What the deployer said, in order. */
  readonly messages: readonly Message[];
  /** Removes what was written for it. */
  readonly dispose: () => void;
}

/**
 * Synthesises and deploys an app: the one that a construct is in, or that of a project's folder. `dispose` removes what
 * was written for it. Throws a `UserError` with the deployer's own words where it fails.
 */
export async function synthesiseAndDeploy(
  place: Place,
  app: IConstruct | string,
  { rollout = "AllAtOnce", parameters }: DeployOptions,
): Promise<Deployed & Pick<SynthesisedApp, "dispose">> {
  const attempt = await synthesiseAndTry(place, app, { rollout, parameters });
  const { report, messages, outputs, resources, dispose } = attempt;
  if (report.exitCode === 0) return { outputs, resources, dispose };
  dispose();
  throw deployFailed(report, messages);
}

/** The same, whichever way the deploy ends. Without a rollout the app's own counts. */
export async function synthesiseAndTry(
  place: Place,
  app: IConstruct | string,
  options: DeployOptions,
): Promise<DeployAttempt> {
  const { assembly, dispose } =
    typeof app === "string" ? await synthesiseProject(app, place.stage) : synthesiseConstruct(app);
  try {
    return { ...(await deployTo(place, assembly, options)), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Deploys an assembly and reads what is there then. */
async function deployTo(
  place: Place,
  assembly: Assembly,
  options: DeployOptions,
): Promise<Omit<DeployAttempt, "dispose">> {
  // A connection of its own: a role's session ends after an hour of the cloud's time, which a test may move.
  const aws = new Aws(place);
  const messages: Message[] = [];
  const host: IoHost = { notify: (message) => void messages.push(message), ask: () => Promise.resolve(true) };
  try {
    const target = await identifyTarget(aws, place.stage, place.region);
    const report = await deploy(target, assembly, options, host);
    const isThere = report.exitCode === 0 || report.release !== undefined;
    const stacks = isThere ? await readApp({ target, stacks: assembly.stacks, app: undefined }) : [];
    const outputs: Record<string, string> = Object.assign({}, ...report.stacks.map((stack) => stack.outputs));
    return { report, messages, outputs, resources: resourcesOf(stacks) };
  } finally {
    await aws.close();
  }
}

async function deploy(
  target: Target,
  assembly: Assembly,
  { rollout, parameters = {} }: DeployOptions,
  host: IoHost,
): Promise<DeployReport> {
  return deployApp({
    target,
    assembly,
    wanted: [],
    parameters,
    ...(rollout === undefined ? {} : { policy: policyOf(rollout) }),
    origin: { actor: "test" },
    holder: { name: `test ${process.pid}`, isGone: () => false },
    approval: "never",
    allowReplacement: true,
    detach: false,
    host,
    signal: new AbortController().signal,
  });
}

function policyOf(name: string) {
  const policy = tryNamedPolicy(name);
  if (policy !== undefined) return { ...policy, finalBakeMs: 0 };
  throw new UserError("RolloutUnknown", `There is no rollout policy ${JSON.stringify(name)}`, {
    fix: "Use AllAtOnce, or a name of the form Canary10Percent5Minutes or Linear10PercentEvery1Minute.",
  });
}

/** Says in the deployer's own words why a deploy failed. */
export function deployFailed(report: DeployReport, messages: readonly Message[]): UserError {
  const said = messages.filter(({ level }) => level === "error" || level === "warn").map(({ text }) => text);
  const { failure, release } = report;
  const cause = release?.cause === undefined ? [] : [`release ${release.state}: ${release.cause.text}`];
  const thrown = failure instanceof Error ? [failure.message] : [];
  return new UserError("DeployFailed", ["The app could not be deployed", ...said, ...cause, ...thrown].join("\n"), {
    cause: failure,
  });
}
