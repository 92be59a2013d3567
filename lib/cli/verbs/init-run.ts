import { relative } from "node:path";
import { EXIT } from "../exit-codes.ts";
import { copyStarter, listStarters } from "../starters.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

/** Lists the starters, or copies one. */
export async function runInit(options: Readonly<Record<string, unknown>>, context: VerbContext): Promise<VerbResult> {
  const starters = await listStarters();
  if (options["list"] === true) {
    const width = Math.max(...starters.map(({ name }) => name.length));
    const lines = starters.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}`);
    return { exitCode: EXIT.done, document: { templates: starters }, lines };
  }
  const made = await copyStarter({
    template: options["template"] as string,
    folder: (options["folder"] as string | undefined) ?? ".",
    from: context.folder,
  });
  const where = relative(context.folder, made.folder);
  const steps = [...(where === "" ? [] : [`cd ${where}`]), "npm install", "npm test", "npx tidegate dev"];
  return {
    exitCode: EXIT.done,
    document: { ...made, next: steps },
    lines: [
      `Created ${made.name} from the starter ${made.template}: ${made.files.length} files.`,
      ...steps.map((step) => `  ${step}`),
    ],
  };
}
