import { BundleCache } from "../bundle/bundle-cache.ts";
import { esbuildVersion } from "../bundle/esbuild-version.ts";
import { type BuildProblem, IncrementalBundle } from "../bundle/incremental-bundle.ts";
import type { DevFunction } from "./dev-functions.ts";

/** What became of one function's build. */
export type FunctionBuild =
  | { readonly kind: "built"; readonly fn: DevFunction; readonly zip: Buffer }
  | { readonly kind: "failed"; readonly fn: DevFunction; readonly problems: readonly BuildProblem[] };

interface Known {
  readonly fn: DevFunction;
  readonly bundle: IncrementalBundle;
  inputs: ReadonlySet<string> | undefined;
  failed: boolean;
}

/** Each keeps what it parsed in memory: of a large app the others are built when they are first saved. */
const MOST_WARMED = 12;

/** The packages of a session's functions, and which files each is made of. */
export class FunctionBuilds {
  readonly #known: readonly Known[];

  /** `isDebugged` names the functions whose code stays readable for a debugger. */
  constructor(
    functions: readonly DevFunction[],
    projectFolder: string,
    isDebugged: (fn: DevFunction) => boolean = () => false,
  ) {
    const cache = new BundleCache(projectFolder, esbuildVersion());
    this.#known = functions.map((fn) => {
      const inputs = cache.tryReadInputs(fn.request);
      const bundle = new IncrementalBundle(fn.request, projectFolder, { isDebugged: isDebugged(fn) });
      return { fn, bundle, inputs: inputs && new Set(inputs), failed: false };
    });
  }

  /** Every file that a package is made of. */
  inputs(): ReadonlySet<string> {
    return new Set(this.#known.flatMap(({ inputs = [] }) => [...inputs]));
  }

  /** Those of the paths that a package is made of; all of them where none is. Editors write files of their own. */
  ofFunctions(paths: ReadonlySet<string>): ReadonlySet<string> {
    const inputs = this.inputs();
    const known = [...paths].filter((path) => reaches(inputs, path));
    return known.length === 0 ? paths : new Set(known);
  }

  /** The functions that are made of one of these files. One that fails may be fixed by any file. */
  affected(paths: ReadonlySet<string>): readonly DevFunction[] {
    return this.#known
      .filter(
        ({ inputs, failed }) => failed || inputs === undefined || [...paths].some((path) => reaches(inputs, path)),
      )
      .map(({ fn }) => fn);
  }

  /** Builds these functions from what is on disk now. */
  async build(functions: readonly DevFunction[]): Promise<readonly FunctionBuild[]> {
    const wanted = this.#known.filter(({ fn }) => functions.includes(fn));
    return Promise.all(wanted.map((known) => buildOne(known)));
  }

  /** Builds one function for the first time, so that its first save is as fast as the others. False where none is left. */
  async warmOne(): Promise<boolean> {
    const next = this.#known.slice(0, MOST_WARMED).find(({ bundle, failed }) => !bundle.isOpen && !failed);
    if (next === undefined) return false;
    await buildOne(next);
    return true;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#known.map(({ bundle }) => bundle.dispose()));
  }
}

async function buildOne(known: Known): Promise<FunctionBuild> {
  const { fn } = known;
  const outcome = await known.bundle.build();
  known.failed = outcome.kind === "failed";
  if (outcome.kind === "failed") return { kind: "failed", fn, problems: outcome.problems };
  known.inputs = new Set(outcome.inputs);
  return { kind: "built", fn, zip: outcome.zip };
}

/** An input may be a folder that is copied whole. */
function reaches(inputs: ReadonlySet<string>, path: string): boolean {
  if (inputs.has(path)) return true;
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    if (inputs.has(path.slice(0, at))) return true;
  }
  return false;
}
