import { relative, sep } from "node:path";
import type { Metafile, OutputFile } from "esbuild";

/** A file that esbuild made. */
export interface BuiltFile {
  /** What the metafile calls it. */
  readonly output: string;
  /** What the package calls it. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** The files of one entry: those below `folder`, which ends with a slash or is empty. */
export function builtFiles(outputs: readonly OutputFile[], projectFolder: string, folder: string): BuiltFile[] {
  return outputs
    .map(({ path, contents }) => ({ output: relative(projectFolder, path).replaceAll(sep, "/"), content: contents }))
    .filter(({ output }) => output.startsWith(folder))
    .map(({ output, content }) => ({ output, name: output.slice(folder.length), content }));
}

/** As an ES module it would have a default export alone, where Lambda looks for the handler by its name. */
export function isCommonJs(files: readonly Pick<BuiltFile, "output">[], metafile: Metafile): boolean {
  return files.some(({ output }) => {
    const { entryPoint } = metafile.outputs[output] ?? {};
    return entryPoint !== undefined && metafile.inputs[entryPoint]?.format === "cjs";
  });
}
