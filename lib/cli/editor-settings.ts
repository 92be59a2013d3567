import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const LAUNCH_FILE = join(".vscode", "launch.json");

/** Attaches to the first function that `tidegate dev --inspect` runs, and again to each new version. */
const LAUNCH = {
  version: "0.2.0",
  configurations: [
    {
      type: "node",
      request: "attach",
      name: "tidegate dev --inspect",
      address: "127.0.0.1",
      port: 9229,
      restart: true,
      skipFiles: ["<node_internals>/**"],
      sourceMaps: true,
      resolveSourceMapLocations: null,
    },
  ],
};

/** Writes how an editor attaches to functions, unless the folder says so itself. Returns the files, relative to it. */
export async function writeEditorSettings(folder: string): Promise<string[]> {
  const file = join(folder, LAUNCH_FILE);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, `${JSON.stringify(LAUNCH, undefined, 2)}\n`, { flag: "wx" });
    return [LAUNCH_FILE];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return [];
    throw error;
  }
}
