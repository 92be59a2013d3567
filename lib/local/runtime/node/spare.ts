import { readFileSync } from "node:fs";

/** The variable of a process that was started before there was a version for it. */
const SPARE = "_TIDEGATE_SPARE";

/** What the AWS SDK loads, and most functions with it. */
const USUAL_MODULES = ["node:crypto", "node:http2", "node:https", "node:stream", "node:url", "node:zlib"];

/**
 * In a process that was started ahead: waits for the variables of the version that it is to run, which come by standard
 * input, and goes to the version's folder. Ends where none come.
 */
export function awaitVersion(): void {
  if (process.env[SPARE] === undefined) return;
  delete process.env[SPARE];
  for (const name of USUAL_MODULES) process.getBuiltinModule(name);
  const given = readFileSync(0, "utf8");
  if (given === "") process.exit(0);
  const variables = JSON.parse(given) as Readonly<Record<string, string>>;
  Object.assign(process.env, variables);
  process.chdir(variables["PWD"] ?? process.cwd());
}
