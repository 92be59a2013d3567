import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { buffer } from "node:stream/consumers";
import { GetFunctionCommand, GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import * as yauzl from "yauzl";
import type { Aws } from "../../aws/aws.ts";
import { packageInCache } from "../../bundle/package-in-cache.ts";
import type { PackageMaps } from "./map-trace.ts";

/** Lambda takes no larger package. */
const MAX_PACKAGE_BYTES = 262_144_000;
const MAX_MAP_BYTES = 64 * 1024 * 1024;
const DOWNLOAD_WITHIN_MS = 30_000;
const NONE: PackageMaps = new Map();

/** A version of a function, in a region. */
export interface FunctionVersion {
  readonly aws: Aws;
  readonly functionName: string;
  /** A number, an alias or `$LATEST`. */
  readonly version: string;
}

/**
 * The source maps of deployed packages. A package that was bundled on this machine is in the bundler's cache; every other
 * one is downloaded, once for all functions that share it.
 */
export class CodeMaps {
  readonly #projectFolder: string;
  readonly #byVersion = new Map<string, Promise<PackageMaps>>();
  readonly #byCode = new Map<string, Promise<PackageMaps>>();

  constructor(projectFolder: string) {
    this.#projectFolder = projectFolder;
  }

  /** The maps of a version's package; none where it has none, or where the package cannot be read. */
  of(wanted: FunctionVersion): Promise<PackageMaps> {
    const key = `${wanted.aws.options.region}/${wanted.functionName}/${wanted.version}`;
    const known = this.#byVersion.get(key) ?? this.#find(wanted).catch(() => NONE);
    this.#byVersion.set(key, known);
    return known;
  }

  async #find(wanted: FunctionVersion): Promise<PackageMaps> {
    const lambda = await wanted.aws.client("lambda");
    const input = { FunctionName: wanted.functionName, Qualifier: wanted.version };
    const { CodeSha256 = "" } = await lambda.send(new GetFunctionConfigurationCommand(input));
    const known = this.#byCode.get(CodeSha256) ?? this.#read(CodeSha256, wanted);
    this.#byCode.set(CodeSha256, known);
    return known;
  }

  async #read(codeSha256: string, wanted: FunctionVersion): Promise<PackageMaps> {
    const hash = Buffer.from(codeSha256, "base64").toString("hex");
    const cached = await readFile(packageInCache(this.#projectFolder, hash)).catch(() => undefined);
    return mapsInPackage(cached ?? (await download(wanted)));
  }
}

async function download({ aws, functionName, version }: FunctionVersion): Promise<Buffer> {
  const lambda = await aws.client("lambda");
  const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: functionName, Qualifier: version }));
  const answer = await fetch(Code?.Location ?? "", { signal: AbortSignal.timeout(DOWNLOAD_WITHIN_MS) });
  if (!answer.ok || Number(answer.headers.get("content-length") ?? 0) > MAX_PACKAGE_BYTES) {
    throw new RangeError(`The package of ${functionName} cannot be downloaded`);
  }
  return Buffer.from(await answer.arrayBuffer());
}

/** The source maps of a package, by the names of the files that they are for. */
export async function mapsInPackage(zip: Buffer): Promise<PackageMaps> {
  const archive = await yauzl.fromBufferPromise(zip, {});
  const maps = new Map<string, SourceMap>();
  for await (const entry of archive.eachEntry()) {
    const { fileName, uncompressedSize } = entry;
    if (!fileName.endsWith(".map") || uncompressedSize > MAX_MAP_BYTES) continue;
    const text = (await buffer(await archive.openReadStreamPromise(entry))).toString("utf8");
    const map = tryParseMap(text);
    if (map !== undefined) maps.set(fileName.slice(0, -".map".length), map);
  }
  return maps;
}

function tryParseMap(text: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(text));
  } catch {
    return undefined;
  }
}
