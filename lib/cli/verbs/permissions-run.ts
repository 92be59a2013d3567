import { checkPermissions } from "../../deploy/permissions/check-permissions.ts";
import { checkCiSource, ciRoleTemplate, type CiSource } from "../../deploy/permissions/ci-role.ts";
import { functionPermissions } from "../../deploy/permissions/function-permissions.ts";
import { neededGrants, type PermittedMaker, selfCheckGrants } from "../../deploy/permissions/needed-permissions.ts";
import { type PermittedPlace, type PermittedStack, permittedStacks } from "../../deploy/permissions/permitted-app.ts";
import { policyOf } from "../../deploy/permissions/policy.ts";
import { selectStacks } from "../../deploy/select-stacks.ts";
import { UserError } from "../../errors.ts";
import { LOCAL_ACCOUNT, readProject, stageOf } from "../../synth/project.ts";
import { assemblyFor } from "../assembly-for.ts";
import { connectToRead, type Connection } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { isEmbedded } from "../local-place.ts";
import { renderFunctions, renderMissing } from "../render-permissions.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

type Options = Readonly<Record<string, unknown>>;

/** Prints policies for the app at a stage. Changes nothing. */
export async function runPermissions(options: Options, context: VerbContext): Promise<VerbResult> {
  refuseMixed(options);
  const source = ciSourceOf(options);
  const project = readProject(context.folder, context.env);
  const stage = stageOf(project, String(options["stage"]));
  const assembly = await assemblyFor(project, stage, options, context);
  const wanted = Array.isArray(options["stacks"]) ? options["stacks"].map(String) : [];
  const check = options["check"] === true;
  // An account that cdk.json names is enough to print: the first policy is written before there are credentials.
  const account = stage.account ?? (isEmbedded(stage) ? LOCAL_ACCOUNT : undefined);
  const connection = check || account === undefined ? await connectToRead(options, context) : undefined;
  const place: PermittedPlace = connection?.target ?? {
    account: account ?? "",
    region: stage.region,
    partition: partitionOf(stage.region),
    stage: stage.name,
  };
  const stacks = permittedStacks(selectStacks(assembly, wanted), place);
  if (options["functions"] === true) return listFunctions(stacks, stage.name);
  const maker = options["driver"] === true ? "driver" : "caller";
  if (check && connection !== undefined) return compare(stacks, connection);
  if (source !== undefined) return printRole(source, stacks, place, options);
  return print(stacks, maker, place, context);
}

function print(
  stacks: readonly PermittedStack[],
  maker: PermittedMaker,
  place: PermittedPlace,
  { host }: VerbContext,
): VerbResult {
  const policy = policyOf(neededGrants(stacks, maker, place.stage));
  const notes = maker === "caller" ? notesOf(stacks) : [];
  for (const text of notes) host.notify({ code: "PermissionsNote", level: "warn", text });
  const { stage, account } = place;
  return {
    exitCode: EXIT.done,
    document: { stage, account, maker, policy, notes },
    lines: JSON.stringify(policy, null, 2).split("\n"),
  };
}

/** Permissions that the policy cannot list, since they depend on the resources' types. */
function notesOf(stacks: readonly PermittedStack[]): string[] {
  return stacks
    .filter(({ stack }) => stack.executionRoleArn === undefined)
    .map(
      ({ stack, template }) =>
        `${stack.displayName} names no execution role: CloudFormation makes its resources with the caller's own permissions, which this policy does not hold. Types: ${[...new Set(Object.values(template.Resources ?? {}).map(({ Type }) => Type))].toSorted().join(", ")}.`,
    );
}

async function compare(stacks: readonly PermittedStack[], { target, stage }: Connection): Promise<VerbResult> {
  const policy = policyOf(neededGrants(stacks, "caller", stage.name));
  const { identity, missing } = await checkPermissions(target, policy);
  return {
    exitCode: missing.length === 0 ? EXIT.done : EXIT.failed,
    document: { stage: stage.name, identity, missing },
    lines: renderMissing(identity, missing),
  };
}

function printRole(
  source: CiSource,
  stacks: readonly PermittedStack[],
  { account, partition, stage }: PermittedPlace,
  options: Options,
): VerbResult {
  const roleName = textOf(options, "roleName") ?? `tidegate-${stage}`;
  const grants = neededGrants(stacks, "caller", stage);
  const itself = selfCheckGrants(`arn:${partition}:iam::${account}:role/${roleName}`);
  const policy = policyOf([...grants, ...itself]);
  const template = ciRoleTemplate(source, { roleName, account, partition, policy });
  return { exitCode: EXIT.done, document: template, lines: JSON.stringify(template, null, 2).split("\n") };
}

function listFunctions(stacks: readonly PermittedStack[], stage: string): VerbResult {
  const functions = functionPermissions(stacks);
  return { exitCode: EXIT.done, document: { stage, functions }, lines: renderFunctions(functions) };
}

function ciSourceOf(options: Options): CiSource | undefined {
  const kind = options["ci"];
  if (kind !== "github" && kind !== "gitlab") return undefined;
  const repository = textOf(options, "repo");
  if (repository === undefined)
    throw new UserError("UsageWrong", `--ci ${kind} needs the repository whose pipeline assumes the role`, {
      fix: "Add for example --repo acme/shop.",
    });
  const branch = textOf(options, "branch");
  const environment = textOf(options, "environment");
  const host = textOf(options, "gitlabHost");
  const source = {
    kind,
    repository,
    ...(branch !== undefined && { branch }),
    ...(environment !== undefined && { environment }),
    ...(host !== undefined && { host }),
  } as const;
  checkCiSource(source);
  return source;
}

function refuseMixed(options: Options): void {
  const given = ["check", "driver", "functions", "ci"].filter(
    (name) => options[name] !== undefined && options[name] !== false,
  );
  if (given.length > 1)
    throw new UserError("UsageWrong", `${given.map((name) => `--${name}`).join(" and ")} are given together`, {
      fix: "Give one of --check, --driver, --functions and --ci.",
    });
}

function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
