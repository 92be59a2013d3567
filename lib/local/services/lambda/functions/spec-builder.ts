import { createHash } from "node:crypto";
import type { FunctionHost } from "../../../runtime/function-host.ts";
import type { FunctionSpec } from "../../../runtime/function-spec.ts";
import type { Cloud } from "../../../service.ts";
import type { CodeStore } from "./code-store.ts";
import type { Lambda } from "../context.ts";
import { keyOf, type LambdaState } from "../lambda-state.ts";
import { LayerFolders } from "../layers/layer-folders.ts";
import { layerPackages } from "../layers/layers.ts";
import type { FunctionRef } from "./names.ts";
import type { VersionRecord } from "../records.ts";
import { RoleCredentials } from "../invoke/role-credentials.ts";

interface KnownSpec {
  readonly spec: FunctionSpec;
  readonly expiresMs: number;
}

/** The tag that has a function's processes run with Node's inspector; its value is the port for debuggers. */
export const INSPECT_TAG = "tidegate:inspect";

/** Turns a version's record into what the runtime needs to run it. */
export class SpecBuilder {
  readonly #cloud: Cloud;
  readonly #code: CodeStore;
  readonly #host: FunctionHost;
  readonly #layers: LayerFolders;
  readonly #roles: RoleCredentials;
  readonly #state: LambdaState;
  /** Records are never changed, only replaced: their spec stays true as long as its credentials are good. */
  readonly #known = new WeakMap<VersionRecord, Promise<KnownSpec>>();
  readonly #epochs = new Map<string, number>();

  constructor({ cloud, code, host, state }: Pick<Lambda, "cloud" | "code" | "host" | "state">) {
    this.#cloud = cloud;
    this.#code = code;
    this.#host = host;
    this.#state = state;
    this.#layers = new LayerFolders(cloud, code);
    this.#roles = new RoleCredentials(cloud);
  }

  async specOf(ref: FunctionRef, record: VersionRecord): Promise<FunctionSpec> {
    let known = this.#known.get(record);
    const inspectPort = this.#inspectPortOf(ref);
    if (known === undefined || !this.#isCurrent(await known, inspectPort)) {
      known = this.#build(ref, record, inspectPort);
      this.#known.set(record, known);
      known.catch(() => this.#known.delete(record));
    }
    return (await known).spec;
  }

  /** Ends the instances of a version, or of the whole function, whose code or settings are not current any more. */
  retireOld(ref: FunctionRef, version?: string): void {
    const key = keyOf(ref);
    this.#epochs.set(key, (this.#epochs.get(key) ?? 0) + 1);
    this.#host.retire(
      (spec) =>
        spec.region !== ref.region ||
        spec.functionName !== ref.name ||
        (version !== undefined && spec.version !== version),
    );
  }

  #isCurrent({ spec, expiresMs }: KnownSpec, inspectPort: number | undefined): boolean {
    return spec.inspectPort === inspectPort && expiresMs > this.#cloud.clock.now();
  }

  #inspectPortOf(ref: FunctionRef): number | undefined {
    const port = Number(this.#state.functions.get(keyOf(ref))?.tags[INSPECT_TAG]);
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  }

  async #build(ref: FunctionRef, record: VersionRecord, inspectPort: number | undefined): Promise<KnownSpec> {
    const { settings, version, codeSha256 } = record;
    const { LoggingConfig: logging } = settings;
    const codeFolder = await this.#code.folderOf(codeSha256);
    const session = await this.#roles.of(ref, settings.Role ?? "");
    const arns = (settings.Layers ?? []).map(({ Arn = "" }) => Arn);
    const layersFolder = await this.#layers.folderOf(layerPackages({ state: this.#state }, arns));
    const epoch = version === "$LATEST" ? (this.#epochs.get(keyOf(ref)) ?? 0) : 0;
    const { accessKeyId } = session.credentials;
    const spec: FunctionSpec = {
      key: [keyOf(ref), version, epoch, digest(settings, codeSha256, accessKeyId, inspectPort)].join("/"),
      account: ref.account,
      region: ref.region,
      functionName: ref.name,
      version,
      runtime: settings.Runtime ?? "",
      handler: settings.Handler ?? "",
      memoryMb: settings.MemorySize ?? 128,
      timeoutMs: (settings.Timeout ?? 3) * 1000,
      environment: settings.Environment?.Variables ?? {},
      codeFolder,
      ...(layersFolder !== undefined && { layersFolder }),
      logging: {
        format: logging?.LogFormat === "JSON" ? "JSON" : "Text",
        group: logging?.LogGroup ?? `/aws/lambda/${ref.name}`,
        applicationLevel: logging?.ApplicationLogLevel ?? "INFO",
        systemLevel: logging?.SystemLogLevel ?? "INFO",
      },
      roleArn: settings.Role ?? "",
      credentials: session.credentials,
      endpoint: this.#cloud.endpoint,
      ...(inspectPort !== undefined && { inspectPort }),
    };
    return { spec, expiresMs: session.expiresMs };
  }
}

function digest(...parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
