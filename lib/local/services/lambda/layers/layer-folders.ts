import { createHash, randomUUID } from "node:crypto";
import { mkdir, realpath, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Cloud } from "../../../service.ts";
import { unpackInto } from "../../../runtime/unpack.ts";
import type { CodeStore } from "../functions/code-store.ts";

/** Lays the layers of a function over one another: what is `/opt` on AWS. Made once for each set of layers. */
export class LayerFolders {
  readonly #cloud: Cloud;
  readonly #code: CodeStore;
  readonly #making = new Map<string, Promise<string>>();

  constructor(cloud: Cloud, code: CodeStore) {
    this.#cloud = cloud;
    this.#code = code;
  }

  /** The folder for these packages, or undefined when there are none. Later ones cover earlier ones. */
  async folderOf(packages: readonly string[]): Promise<string | undefined> {
    if (packages.length === 0) return undefined;
    const name = createHash("sha256").update(packages.join("\n")).digest("hex");
    let folder = this.#making.get(name);
    if (folder === undefined || !(await exists(await folder))) {
      folder = this.#make(name, packages);
      this.#making.set(name, folder);
      folder.catch(() => this.#making.delete(name));
    }
    return await folder;
  }

  async #make(name: string, packages: readonly string[]): Promise<string> {
    const target = join(this.#cloud.scratchFolder, "lambda", "layers", name);
    if (await exists(target)) return await realpath(target);
    const incoming = `${target}.${randomUUID()}`;
    try {
      await mkdir(incoming, { recursive: true });
      for (const sha256 of packages) await unpackInto(this.#code.zips.path(sha256), incoming);
      await rename(incoming, target);
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
    return await realpath(target);
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
