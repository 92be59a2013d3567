import type { Handler } from "./streaming.ts";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RuntimeError } from "./describe-error.ts";

const SYNTAX_OF_HANDLER = /^([^.]*)\.(.*)$/;

/**
 * Loads `folder/file.export.nested` from the task root in the order that AWS's runtime has: no extension and CommonJS
 * by `require`, `.js` of a `"type": "module"` package and `.mjs` by `import`, then `.cjs`, then a package.
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  if (handler.includes(".."))
    throw new RuntimeError(
      "Runtime.MalformedHandlerName",
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  const file = basename(handler);
  const match = SYNTAX_OF_HANDLER.exec(file);
  if (!match) throw new RuntimeError("Runtime.MalformedHandlerName", "Bad handler");
  const moduleRoot = handler.slice(0, handler.length - file.length);
  const loaded = await loadModule(taskRoot, moduleRoot, match[1]!);
  return pickExport(loaded, match[2]!, file);
}

function pickExport(loaded: unknown, path: string, file: string): Handler {
  const found = path
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], loaded);
  if (found === undefined) throw new RuntimeError("Runtime.HandlerNotFound", `${file} is undefined or not exported`);
  if (typeof found !== "function") throw new RuntimeError("Runtime.HandlerNotFound", `${file} is not a function`);
  const handler = found as Handler;
  if (handler.length >= 3 && callbacksAreGone())
    throw new RuntimeError(
      "Runtime.CallbackHandlerDeprecated",
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.",
    );
  return handler;
}

function callbacksAreGone(): boolean {
  const major = /nodejs(\d+)\.x$/.exec(process.env["AWS_EXECUTION_ENV"] ?? "")?.[1];
  return Number(major ?? 0) >= 24;
}

async function loadModule(taskRoot: string, moduleRoot: string, name: string): Promise<unknown> {
  const path = resolve(taskRoot, moduleRoot, name);
  const require = createRequire(join(taskRoot, "noop.js"));
  try {
    if (isFile(path)) return require(path) as unknown;
    const isModule = nearestPackageIsModule(dirname(path));
    if (isFile(`${path}.js`)) return isModule ? await importFile(`${path}.js`) : requireFile(require, `${path}.js`);
    if (isFile(`${path}.mjs`)) return await importFile(`${path}.mjs`);
    if (isFile(`${path}.cjs`)) return requireFile(require, `${path}.cjs`);
    return require(require.resolve(name, { paths: [taskRoot, resolve(taskRoot, moduleRoot)] })) as unknown;
  } catch (error) {
    throw asLoadError(error);
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && basename(path) !== "";
}

function requireFile(require: NodeJS.Require, path: string): unknown {
  showOriginalLines(path);
  return require(path) as unknown;
}

async function importFile(path: string): Promise<unknown> {
  showOriginalLines(path);
  return await import(pathToFileURL(path).href);
}

/** Stack traces name the user's TypeScript when the bundle came with its map. */
function showOriginalLines(path: string): void {
  if (existsSync(`${path}.map`)) process.setSourceMapsEnabled(true);
}

function nearestPackageIsModule(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, "package.json");
    if (existsSync(path)) return (JSON.parse(readFileSync(path, "utf8")) as { type?: string }).type === "module";
    if (at === dirname(at) || basename(at) === "node_modules") return false;
  }
}

function asLoadError(error: unknown): unknown {
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (error instanceof SyntaxError) return renamed("Runtime.UserCodeSyntaxError", error.toString(), stack);
  if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND")
    return renamed("Runtime.ImportModuleError", `Error: ${message}`, stack);
  return error;
}

function renamed(type: string, message: string, stack: string | undefined): RuntimeError {
  const error = new RuntimeError(type, message);
  if (stack !== undefined) error.stack = `${type}: ${message}\n${stack.split("\n").slice(1).join("\n")}`;
  return error;
}
