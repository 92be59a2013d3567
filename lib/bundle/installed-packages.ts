import { isBuiltin } from "node:module";
import { join, sep } from "node:path";
import { build, type Metafile, type OnResolveArgs, type OnResolveResult, type Plugin, type PluginBuild } from "esbuild";
import type { BuiltFile } from "./built-files.ts";
import type { BundleOptions } from "./bundle-request.ts";
import { esbuildOptions } from "./esbuild-options.ts";

/** Where the packages are, beside the code. */
const FOLDER = "packages";
const BARE = /^[^./]/;
const SEEN = { isSeen: true };

interface Package {
  readonly specifier: string;
  readonly resolveDir: string;
  readonly file: string;
}

/**
 * The installed packages that one function imports, as modules of their own: they change rarely, and bundling them again
 * costs fifty times what the user's own files cost. Only what the code imports by name is in them, as in one bundle.
 */
export class InstalledPackages {
  readonly plugin: Plugin;
  readonly #options: BundleOptions;
  readonly #projectFolder: string;
  /** By the path of the package's module. */
  readonly #found = new Map<string, Package>();
  readonly #resolved = new Map<string, OnResolveResult | undefined>();
  #isMixed = false;
  #made: { readonly key: string; readonly files: readonly BuiltFile[] } | undefined;

  constructor(options: BundleOptions, projectFolder: string) {
    this.#options = options;
    this.#projectFolder = projectFolder;
    this.plugin = {
      name: "installed-packages",
      setup: (own) => own.onResolve({ filter: BARE }, (args) => this.#resolve(own, args)),
    };
  }

  /**
   * The modules that the built code imports. Undefined where they cannot be apart from it: it takes a package in another
   * way than by name, or the packages do not build.
   */
  async tryBuild(
    code: string,
    imports: Metafile["outputs"][string]["imports"],
  ): Promise<readonly BuiltFile[] | undefined> {
    if (this.#isMixed) return undefined;
    const wanted = imports.filter(({ path }) => path.startsWith(`./${FOLDER}/`));
    if (wanted.length === 0) return [];
    const names = namesIn(code);
    if (wanted.some(({ kind, path }) => kind !== "import-statement" || !names.has(path))) return undefined;
    const key = JSON.stringify([...names].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    if (this.#made?.key === key) return this.#made.files;
    const files = await this.#build(names).catch(() => undefined);
    this.#made = files && { key, files };
    return files;
  }

  async #resolve(own: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
    const { path, resolveDir, kind, pluginData } = args;
    if (pluginData === SEEN || isBuiltin(path) || kind === "entry-point") return undefined;
    const key = JSON.stringify([path, resolveDir, kind]);
    if (!this.#resolved.has(key)) this.#resolved.set(key, await this.#find(own, args));
    return this.#resolved.get(key);
  }

  async #find(
    own: PluginBuild,
    { path, resolveDir, kind, importer }: OnResolveArgs,
  ): Promise<OnResolveResult | undefined> {
    const found = await own.resolve(path, { resolveDir, kind, importer, pluginData: SEEN });
    const isInstalled = found.path.split(sep).includes("node_modules");
    if (found.errors.length > 0 || found.external || !isInstalled) return undefined;
    if (kind !== "import-statement") {
      this.#isMixed = true;
      return undefined;
    }
    const known = this.#found.get(found.path);
    const file = known?.file ?? `${FOLDER}/${this.#found.size}.mjs`;
    this.#found.set(found.path, known ?? { specifier: path, resolveDir, file });
    return { path: `./${file}`, external: true, sideEffects: found.sideEffects };
  }

  async #build(names: ReadonlyMap<string, readonly string[]>): Promise<BuiltFile[]> {
    const wanted = [...this.#found.values()].filter(({ file }) => names.has(`./${file}`));
    const entryOf = ({ resolveDir, file }: Package) => join(resolveDir, `.tidegate-${file.replace("/", "-")}.ts`);
    const sources = new Map(
      wanted.map((one) => {
        const exported = names.get(`./${one.file}`) ?? [];
        return [entryOf(one), `export { ${exported.join(", ")} } from ${JSON.stringify(one.specifier)};`];
      }),
    );
    const { banner: _banner, footer: _footer, ...options } = this.#options;
    const { outputFiles } = await build({
      ...esbuildOptions({ ...options, format: "esm", sourceMap: false }),
      absWorkingDir: this.#projectFolder,
      outdir: join(this.#projectFolder, FOLDER),
      entryPoints: wanted.map((one) => ({
        in: entryOf(one),
        out: one.file.slice(`${FOLDER}/`.length, -".mjs".length),
      })),
      splitting: true,
      write: false,
      plugins: [inMemory(sources)],
    });
    return outputFiles.map(({ path, contents }) => {
      const name = path.slice(this.#projectFolder.length + 1).replaceAll(sep, "/");
      return { output: name, name, content: contents };
    });
  }
}

/** In the importer's own folder, from where the package is found. */
function inMemory(sources: ReadonlyMap<string, string>): Plugin {
  return {
    name: "in-memory",
    setup(own) {
      own.onResolve({ filter: /\.tidegate-packages-/ }, ({ path }) => ({ path }));
      own.onLoad({ filter: /\.tidegate-packages-/ }, ({ path }) => {
        const contents = sources.get(path);
        return contents === undefined ? undefined : { contents, loader: "ts" };
      });
    },
  };
}

const STATEMENT = /\bimport\s*([\w$\s,{}]*?)\s*from\s*"(\.\/packages\/\d+\.mjs)"/g;

/** What each import statement of esbuild's own output takes from a package. Statements of another form are left out. */
function namesIn(code: string): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [, clause = "", path = ""] of code.matchAll(STATEMENT)) {
    const taken = namesOfClause(clause);
    if (taken !== undefined) names.set(path, [...new Set([...(names.get(path) ?? []), ...taken])].toSorted());
  }
  return names;
}

/** A default export is left to one module: which one a CommonJS package has depends on who imports it. */
function namesOfClause(clause: string): string[] | undefined {
  const list = /^\{([^}]*)\}$/.exec(clause.trim())?.[1];
  const named = list?.split(",").flatMap((part) => part.trim().split(/\s+as\s+/)[0] || []);
  return named === undefined || named.length === 0 || named.includes("default") ? undefined : named;
}
