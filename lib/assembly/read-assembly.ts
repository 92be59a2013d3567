import { readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { UserError } from "../errors.ts";
import type { Assembly, AssemblyStack, AssetDestination, FileAsset, Origin } from "./assembly.ts";
import { type FunctionLink, LINK_METADATA, type LinkRecord } from "./link-record.ts";
import { orderStacks } from "./order-stacks.ts";

const SCHEMA_MAJORS_READ = { oldest: 30, newest: 60 };

interface Manifest {
  readonly version: string;
  readonly artifacts?: Readonly<Record<string, Artifact>>;
  readonly missing?: readonly { readonly key: string }[];
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: Readonly<Record<string, never>> & StackProperties;
  readonly dependencies?: readonly string[];
  readonly metadata?: MetadataByPath;
  readonly additionalMetadataFile?: string;
  readonly displayName?: string;
}

interface StackProperties {
  readonly templateFile: string;
  readonly stackName?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly notificationArns?: readonly string[];
  readonly terminationProtection?: boolean;
  readonly assumeRoleArn?: string;
  readonly cloudFormationExecutionRoleArn?: string;
  readonly stackTemplateAssetObjectUrl?: string;
  readonly requiresBootstrapStackVersion?: number;
  readonly bootstrapStackVersionSsmParameter?: string;
  readonly directoryName: string;
  readonly file: string;
}

type MetadataByPath = Readonly<Record<string, readonly MetadataEntry[]>>;

interface MetadataEntry {
  readonly type: string;
  readonly data?: unknown;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly displayName?: string;
        readonly source: { readonly path?: string; readonly packaging?: "file" | "zip"; readonly executable?: unknown };
        readonly destinations: Readonly<Record<string, AssetDestination>>;
      }
    >
  >;
  readonly dockerImages?: Readonly<Record<string, { readonly displayName?: string }>>;
}

/**
 * Reads a cloud assembly and those nested in it (CDK stages). Throws a `UserError` where the folder holds none, or one
 * whose version or files this reader does not understand.
 */
export function readAssembly(folder: string): Assembly {
  const absolute = resolve(folder);
  return { folder: absolute, stacks: orderStacks(readStacks(absolute)) };
}

/** The links of an assembly's functions, by the paths of the functions in the app. */
export function readLinks(folder: string): FunctionLink[] {
  return readConstructData(folder, LINK_METADATA, isLinkRecord).map(({ data, path }) => ({ ...data, path }));
}

/** What constructs of an assembly recorded under a type of metadata, with the paths of the constructs in the app. */
export function readConstructData<T>(
  folder: string,
  type: string,
  isOne: (data: unknown) => data is T,
): { readonly path: string; readonly data: T }[] {
  return stackArtifacts(resolve(folder)).flatMap((one) =>
    Object.entries(readMetadata(one.folder, one.artifact)).flatMap(([path, entries]) =>
      entries
        .filter((entry) => entry.type === type)
        .map(({ data }) => data)
        .filter(isOne)
        .map((data) => ({ data, path: path.replace(/^\//, "") })),
    ),
  );
}

function isLinkRecord(data: unknown): data is LinkRecord {
  return typeof data === "object" && data !== null && "name" in data && "kind" in data;
}

function readStacks(folder: string): AssemblyStack[] {
  return stackArtifacts(folder).map(readStack);
}

interface StackArtifact {
  readonly id: string;
  readonly artifact: Artifact;
  /** Of the assembly that the stack is in. */
  readonly folder: string;
  readonly manifest: Manifest;
}

function stackArtifacts(folder: string): StackArtifact[] {
  const manifest = readManifest(folder);
  return Object.entries(manifest.artifacts ?? {}).flatMap(([id, artifact]) => {
    if (artifact.type === "cdk:cloud-assembly")
      return stackArtifacts(inside(folder, artifact.properties!.directoryName));
    if (artifact.type !== "aws:cloudformation:stack") return [];
    return [{ id, artifact, folder, manifest }];
  });
}

function readManifest(folder: string): Manifest {
  const path = join(folder, "manifest.json");
  const manifest = readJson<Manifest>(path);
  const major = Number.parseInt(manifest.version, 10);
  if (!(major >= SCHEMA_MAJORS_READ.oldest && major <= SCHEMA_MAJORS_READ.newest)) {
    throw new UserError(
      "AssemblyVersionUnknown",
      `${path} has the cloud assembly version ${JSON.stringify(manifest.version)}; versions ${SCHEMA_MAJORS_READ.oldest} to ${SCHEMA_MAJORS_READ.newest} can be read`,
      { fix: "Use an aws-cdk-lib of about the age of this tidegate, or update tidegate." },
    );
  }
  return manifest;
}

function readStack({ id, artifact, folder, manifest }: StackArtifact): AssemblyStack {
  const properties = artifact.properties!;
  const { account, region } = readEnvironment(artifact.environment);
  const manifests = assetManifestsOf(folder, artifact, manifest);
  return {
    id,
    stackName: properties.stackName ?? id,
    displayName: artifact.displayName ?? id,
    templatePath: inside(folder, properties.templateFile),
    account,
    region,
    dependsOn: (artifact.dependencies ?? []).filter((name) => manifest.artifacts?.[name]?.type === artifact.type),
    assumeRoleArn: properties.assumeRoleArn,
    executionRoleArn: properties.cloudFormationExecutionRoleArn,
    templateObjectUrl: properties.stackTemplateAssetObjectUrl,
    bootstrapParameter: properties.bootstrapStackVersionSsmParameter,
    requiredBootstrapVersion: properties.requiresBootstrapStackVersion,
    parameters: properties.parameters ?? {},
    tags: properties.tags ?? {},
    notificationArns: properties.notificationArns ?? [],
    terminationProtection: properties.terminationProtection ?? false,
    assets: manifests.flatMap((assets) => readFileAssets(folder, assets)),
    dockerImages: manifests.flatMap((assets) =>
      Object.entries(assets.dockerImages ?? {}).map(([hash, image]) => image.displayName ?? hash),
    ),
    origins: readOrigins(readMetadata(folder, artifact)),
    missingContext: (manifest.missing ?? []).map(({ key }) => key),
  };
}

function readEnvironment(environment: string | undefined): { account: string; region: string } {
  const found = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(environment ?? "");
  return { account: found?.[1] ?? "unknown-account", region: found?.[2] ?? "unknown-region" };
}

function assetManifestsOf(folder: string, artifact: Artifact, manifest: Manifest): AssetManifest[] {
  return (artifact.dependencies ?? []).flatMap((name) => {
    const dependency = manifest.artifacts?.[name];
    if (dependency?.type !== "cdk:asset-manifest") return [];
    return [readJson<AssetManifest>(inside(folder, dependency.properties!.file))];
  });
}

function readFileAssets(folder: string, manifest: AssetManifest): FileAsset[] {
  return Object.entries(manifest.files ?? {}).map(([id, file]) => {
    if (file.source.path === undefined) {
      throw new UserError(
        "AssetNotAFile",
        `The asset ${file.displayName ?? id} is made by a command when it is published; only files and folders can be published`,
        { fix: "Let the app make the file, and give its path as the asset." },
      );
    }
    return {
      id,
      displayName: file.displayName ?? id,
      path: resolve(folder, file.source.path),
      packaging: file.source.packaging ?? "file",
      destinations: Object.values(file.destinations),
    };
  });
}

function readMetadata(folder: string, artifact: Artifact): MetadataByPath {
  const more = artifact.additionalMetadataFile;
  return {
    ...artifact.metadata,
    ...(more === undefined ? {} : readJson<MetadataByPath>(inside(folder, more))),
  };
}

function readOrigins(metadata: MetadataByPath): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const [path, entries] of Object.entries(metadata)) {
    const logicalId = entries.find(({ type }) => type === "aws:cdk:logicalId")?.data;
    if (typeof logicalId !== "string") continue;
    const constructPath = path.replace(/^\//, "").replace(/\/Resource$/, "");
    origins.set(logicalId, { constructPath, source: sourceLine(entries) });
  }
  return origins;
}

function sourceLine(entries: readonly { readonly type: string; readonly data?: unknown }[]): string | undefined {
  const stack = entries.find(({ type }) => type === "aws:cdk:creationStack")?.data;
  if (!Array.isArray(stack)) return undefined;
  const line = stack.find((text: unknown) => typeof text === "string" && /(?:file:\/\/|[/\\])[^ ]+:\d+/.test(text)) as
    | string
    | undefined;
  return /(?:file:\/\/)?([^ (]+:\d+)/.exec(line ?? "")?.[1];
}

/** A path of the assembly, which must not lead out of it. */
function inside(folder: string, relative: string): string {
  const path = resolve(folder, relative);
  if (path.startsWith(folder + sep)) return path;
  throw new UserError(
    "AssemblyPathEscapes",
    `The assembly in ${folder} names the file ${relative}, which is outside of it`,
  );
}

function readJson<T>(path: string): T {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new UserError("AssemblyFileMissing", `${path} cannot be read: the folder holds no whole cloud assembly`, {
      cause,
      fix: "Run `tidegate synth` first, or name the folder with --app.",
    });
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new UserError("AssemblyFileDamaged", `${path} is not JSON: ${(cause as Error).message}`, {
      cause,
      fix: "Run `tidegate synth` again.",
    });
  }
}
