// Imports each app that is named, in one process, and writes what Node.js would say of the error that it throws.
import { writeFileSync } from "node:fs";
import { inspect } from "node:util";

const [result, ...apps] = process.argv.slice(2);
const said = [];
for (const app of apps) {
  try {
    await import(app);
    said.push("");
  } catch (error) {
    said.push(`${error instanceof Error ? error.stack : inspect(error)}\n\nNode.js ${process.version}\n`);
  }
}
writeFileSync(result, JSON.stringify(said));
// Apps that were not synthesised would be, at the end of the process.
process.exit(0);
