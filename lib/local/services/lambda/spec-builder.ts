import { createHash } from "node:crypto";
import type { FunctionHost } from "../../runtime/function-host.ts";
import type { Credentials, FunctionSpec } from "../../runtime/function-spec.ts";
import type { Cloud } from "../../service.ts";
import type { CodeStore } from "./code-store.ts";
import type { Lambda } from "./lambda-context.ts";
import { keyOf, type LambdaState } from "./lambda-state.ts";
import { LayerFolders } from "./layer-folders.ts";
import { layerPackages } from "./layers.ts";
import type { FunctionRef } from "./names.ts";
import type { VersionRecord } from "./records.ts";

/** Turns a version's record into what the runtime needs to run it. */
export class SpecBuilder {
  readonly #cloud: Cloud;
  readonly #code: CodeStore;
  readonly #host: FunctionHost;
  readonly #layers: LayerFolders;
  readonly #state: LambdaState;
  /** Records are never changed, only replaced: their spec stays true. */
  readonly #known = new WeakMap<VersionRecord, Promise<FunctionSpec>>();
  readonly #epochs = new Map<string, number>();

  constructor({ cloud, code, host, state }: Pick<Lambda, "cloud" | "code" | "host" | "state">) {
    this.#cloud = cloud;
    this.#code = code;
    this.#host = host;
    this.#state = state;
    this.#layers = new LayerFolders(cloud, code);
  }

  specOf(ref: FunctionRef, record: VersionRecord): Promise<FunctionSpec> {
    let spec = this.#known.get(record);
    if (spec === undefined) {
      spec = this.#build(ref, record);
      this.#known.set(record, spec);
      spec.catch(() => this.#known.delete(record));
    }
    return spec;
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

  async #build(ref: FunctionRef, record: VersionRecord): Promise<FunctionSpec> {
    const { settings, version, codeSha256 } = record;
    const { LoggingConfig: logging } = settings;
    const codeFolder = await this.#code.folderOf(codeSha256);
    const arns = (settings.Layers ?? []).map(({ Arn = "" }) => Arn);
    const layersFolder = await this.#layers.folderOf(layerPackages({ state: this.#state }, arns));
    const epoch = version === "$LATEST" ? (this.#epochs.get(keyOf(ref)) ?? 0) : 0;
    return {
      key: [keyOf(ref), version, epoch, digest(settings, codeSha256)].join("/"),
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
      credentials: credentialsOf(settings.Role ?? ""),
      endpoint: this.#cloud.endpoint,
    };
  }
}

function digest(...parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** Credentials that sign and open nothing; they differ by role, so that a log can tell who called. */
function credentialsOf(role: string): Credentials {
  const mark = createHash("sha256").update(role).digest("hex").toUpperCase();
  return {
    accessKeyId: `ASIA${mark.slice(0, 16)}`,
    secretAccessKey: `local${mark.slice(0, 35)}`,
    sessionToken: `local-session-token-${mark}`,
  };
}
