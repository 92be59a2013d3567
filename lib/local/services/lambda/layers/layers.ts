import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { formatTime } from "../functions/function-configuration.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { newRevision } from "../lambda-state.ts";
import { pageOf } from "../list-page.ts";
import type { LayerVersionRecord, PolicyStatement } from "../records.ts";
import { conflict, invalidParameter, notFound, staleRevision } from "../errors.ts";

const LAYER_ARN = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):layer:([a-zA-Z0-9-_]+)(?::(\d+))?$/;
const MOST_LAYERS = 5;

/** Keeps the next version of a layer. */
export async function publishLayerVersion(
  lambda: Lambda,
  input: Input<"PublishLayerVersion">,
  context: RequestContext,
): Promise<Output<"PublishLayerVersion">> {
  const name = nameOf(input.LayerName);
  const { sha256, sizeBytes } = await lambda.code.receive(input.Content ?? {}, context);
  const version =
    1 + Math.max(0, ...layerVersions(lambda, context, name, { deleted: true }).map((each) => each.version));
  const record: LayerVersionRecord = {
    name,
    version,
    description: input.Description ?? "",
    ...(input.LicenseInfo !== undefined && { licenseInfo: input.LicenseInfo }),
    ...(input.CompatibleRuntimes !== undefined && { runtimes: input.CompatibleRuntimes }),
    ...(input.CompatibleArchitectures !== undefined && { architectures: input.CompatibleArchitectures }),
    codeSha256: sha256,
    codeSizeBytes: sizeBytes,
    createdMs: lambda.cloud.clock.now(),
    deleted: false,
    statements: [],
    revisionId: newRevision(),
  };
  lambda.state.layers.put(keyOfLayer(context.region, record), record);
  return describeWithContent(lambda, context, record);
}

/** Returns a version of a layer, with where its content can be downloaded. */
export function getLayerVersion(
  lambda: Lambda,
  input: Input<"GetLayerVersion">,
  context: RequestContext,
): Output<"GetLayerVersion"> {
  return describeWithContent(lambda, context, find(lambda, context, input.LayerName, input.VersionNumber));
}

/** The same as `GetLayerVersion`, by the version's ARN. */
export function getLayerVersionByArn(
  lambda: Lambda,
  input: Input<"GetLayerVersionByArn">,
  context: RequestContext,
): Output<"GetLayerVersionByArn"> {
  const [, , , name, version] = LAYER_ARN.exec(input.Arn ?? "") ?? [];
  if (version === undefined) throw invalidParameter(`${input.Arn} is not a layer version's ARN.`);
  return describeWithContent(lambda, context, find(lambda, context, name, Number(version)));
}

/** Lists a layer's versions, newest first, a page at a time. */
export function listLayerVersions(
  lambda: Lambda,
  input: Input<"ListLayerVersions">,
  context: RequestContext,
): Output<"ListLayerVersions"> {
  const { CompatibleRuntime: runtime, CompatibleArchitecture: architecture } = input;
  const all = layerVersions(lambda, context, nameOf(input.LayerName))
    .filter((each) => runtime === undefined || each.runtimes?.includes(runtime))
    .filter((each) => architecture === undefined || each.architectures?.includes(architecture));
  const { items, next } = pageOf(all.toReversed(), input);
  return { LayerVersions: items.map((each) => describe(context, each)), ...next };
}

/** Lists the layers with their latest versions, by runtime and architecture, a page at a time. */
export function listLayers(lambda: Lambda, input: Input<"ListLayers">, context: RequestContext): Output<"ListLayers"> {
  const all = lambda.state.layers.list(`${context.region}/`).map(([, each]) => each);
  const latest = new Map(all.filter((each) => !each.deleted).map((each) => [each.name, each]));
  const { items, next } = pageOf([...latest.values()], input);
  const Layers = items.map((each) => ({
    LayerName: each.name,
    LayerArn: layerArn(context, each.name),
    LatestMatchingVersion: describe(context, each),
  }));
  return { Layers, ...next };
}

/** Functions that use the version keep it. The answer is the same whether or not there was such a version. */
export function deleteLayerVersion(
  lambda: Lambda,
  input: Input<"DeleteLayerVersion">,
  context: RequestContext,
): object {
  const key = keyOfLayer(context.region, { name: nameOf(input.LayerName), version: input.VersionNumber ?? 0 });
  const record = lambda.state.layers.get(key);
  if (record !== undefined) lambda.state.layers.put(key, { ...record, deleted: true });
  return {};
}

/** Lets another account, or every account, use a version of a layer. */
export function addLayerVersionPermission(
  lambda: Lambda,
  input: Input<"AddLayerVersionPermission">,
  context: RequestContext,
): Output<"AddLayerVersionPermission"> {
  const record = find(lambda, context, input.LayerName, input.VersionNumber);
  if (input.RevisionId !== undefined && input.RevisionId !== record.revisionId) throw staleRevision("GetPolicy");
  if (record.statements.some(({ Sid }) => Sid === input.StatementId))
    throw conflict(
      `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  const principal = input.Principal ?? "";
  const statement: PolicyStatement = {
    Sid: input.StatementId ?? "",
    Effect: "Allow",
    Principal:
      principal === "*" ? "*" : { AWS: /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal },
    Action: input.Action ?? "",
    Resource: `${layerArn(context, record.name)}:${record.version}`,
    ...(input.OrganizationId !== undefined && {
      Condition: { StringEquals: { "aws:PrincipalOrgID": input.OrganizationId } },
    }),
  };
  const after = { ...record, statements: [...record.statements, statement], revisionId: newRevision() };
  lambda.state.layers.put(keyOfLayer(context.region, record), after);
  return { Statement: JSON.stringify(statement), RevisionId: after.revisionId };
}

/** Returns the policy of a layer's version. `ResourceNotFoundException` where it has none. */
export function getLayerVersionPolicy(
  lambda: Lambda,
  input: Input<"GetLayerVersionPolicy">,
  context: RequestContext,
): Output<"GetLayerVersionPolicy"> {
  const { statements, revisionId } = find(lambda, context, input.LayerName, input.VersionNumber);
  if (statements.length === 0) throw notFound("No policy is associated with the given resource.");
  return {
    Policy: JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements }),
    RevisionId: revisionId,
  };
}

/** Removes a statement of the policy of a layer's version. */
export function removeLayerVersionPermission(
  lambda: Lambda,
  input: Input<"RemoveLayerVersionPermission">,
  context: RequestContext,
): object {
  const record = find(lambda, context, input.LayerName, input.VersionNumber);
  if (input.RevisionId !== undefined && input.RevisionId !== record.revisionId) throw staleRevision("GetPolicy");
  const statements = record.statements.filter(({ Sid }) => Sid !== input.StatementId);
  if (statements.length === record.statements.length)
    throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
  const after = { ...record, statements, revisionId: newRevision() };
  lambda.state.layers.put(keyOfLayer(context.region, record), after);
  return {};
}

/** What a function's configuration shows of its layers; refuses those that are not there. */
export function resolveLayers(lambda: Lambda, arns: readonly string[], context: RequestContext) {
  if (arns.length > MOST_LAYERS) throw invalidParameter(`Cannot reference more than ${MOST_LAYERS} layers.`);
  const names = new Set<string>();
  return arns.map((arn) => {
    const [, region, account, name = "", version] = LAYER_ARN.exec(arn) ?? [];
    if (version === undefined || region !== context.region)
      throw invalidParameter(`Layer version ${arn} does not exist.`);
    if (names.has(name))
      throw invalidParameter(
        "Two different versions of the same layer are not allowed to be referenced in the same function.",
      );
    names.add(name);
    if (account !== context.account) return { Arn: arn, CodeSize: 0 };
    const record = lambda.state.layers.get(keyOfLayer(region, { name, version: Number(version) }));
    if (record === undefined || record.deleted) throw invalidParameter(`Layer version ${arn} does not exist.`);
    return { Arn: arn, CodeSize: record.codeSizeBytes };
  });
}

/** The packages behind a function's layers, in their order; those of other accounts cannot be had. */
export function layerPackages(lambda: Pick<Lambda, "state">, arns: readonly string[]): string[] {
  return arns.flatMap((arn) => {
    const [, region = "", , name = "", version] = LAYER_ARN.exec(arn) ?? [];
    const record = lambda.state.layers.get(keyOfLayer(region, { name, version: Number(version) }));
    return record === undefined ? [] : [record.codeSha256];
  });
}

function find(lambda: Lambda, context: RequestContext, given: string | undefined, version = 0): LayerVersionRecord {
  const name = nameOf(given);
  if (version < 1) throw invalidParameter("Layer Version Cannot be less than 1.");
  const record = lambda.state.layers.get(keyOfLayer(context.region, { name, version }));
  if (record === undefined || record.deleted)
    throw new AwsError("ResourceNotFoundException", "The resource you requested does not exist.", {
      members: { Type: "User" },
    });
  return record;
}

/** A layer may be named by its ARN too. */
function nameOf(given: string | undefined): string {
  return LAYER_ARN.exec(given ?? "")?.[3] ?? given ?? "";
}

function layerVersions(lambda: Lambda, { region }: RequestContext, name: string, options: { deleted?: boolean } = {}) {
  return lambda.state.layers
    .list(`${region}/${name}/`)
    .map(([, each]) => each)
    .filter((each) => options.deleted === true || !each.deleted)
    .sort((a, b) => a.version - b.version);
}

function keyOfLayer(region: string, { name, version }: Pick<LayerVersionRecord, "name" | "version">): string {
  return `${region}/${name}/${String(version).padStart(9, "0")}`;
}

function layerArn({ region, account }: RequestContext, name: string): string {
  return `arn:aws:lambda:${region}:${account}:layer:${name}`;
}

function describe(context: RequestContext, record: LayerVersionRecord) {
  return {
    LayerVersionArn: `${layerArn(context, record.name)}:${record.version}`,
    Version: record.version,
    Description: record.description,
    CreatedDate: formatTime(record.createdMs),
    CompatibleRuntimes: record.runtimes && [...record.runtimes],
    CompatibleArchitectures: record.architectures && [...record.architectures],
    LicenseInfo: record.licenseInfo,
  };
}

function describeWithContent(lambda: Lambda, context: RequestContext, record: LayerVersionRecord) {
  return {
    ...describe(context, record),
    LayerArn: layerArn(context, record.name),
    Content: {
      Location: `${lambda.cloud.endpoint}/_aws/lambda-code/${record.codeSha256}`,
      CodeSha256: Buffer.from(record.codeSha256, "hex").toString("base64"),
      CodeSize: record.codeSizeBytes,
    },
  };
}
