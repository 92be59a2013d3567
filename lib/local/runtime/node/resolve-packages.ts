import * as nodeModule from "node:module";
import { delimiter, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rerouteCustomResourceAnswers } from "./reroute.ts";

type Resolve = NonNullable<Parameters<typeof nodeModule.registerHooks>[0]["resolve"]>;

const PROVIDED_BY_RUNTIME = /^@(aws-sdk|smithy|aws)\//;

/**
 * Resolves packages as on Lambda: from the bundle, from the layers, and the AWS SDK from the runtime, for `import` and
 * `require` alike. Other packages on the developer's machine are not found, because they will not be there on AWS.
 */
export function resolvePackagesLikeLambda(): void {
  if (typeof nodeModule.registerHooks !== "function") return rerouteCustomResourceAnswers();
  const searchPaths = (process.env["NODE_PATH"] ?? "").split(delimiter).filter((path) => path !== "");
  const insideTask = insideOf(process.env["LAMBDA_TASK_ROOT"] ?? process.cwd());
  const insideLayers = insideOf(process.env["_TIDEGATE_LAYERS"] ?? "");
  delete process.env["_TIDEGATE_LAYERS"];
  const resolve: Resolve = (specifier, context, next) => {
    if (/^(node:)?https$/.test(specifier)) rerouteCustomResourceAnswers();
    if (!isPackage(specifier) || !isUserCode(context.parentURL)) return next(specifier, context);
    return resolvePackage(specifier, context, next);
  };
  const isUserCode = (parent: string | undefined) =>
    parent?.startsWith("file:") === true && (insideTask(parent) || insideLayers(parent));
  const resolvePackage: Resolve = (specifier, context, next) => {
    let failure: unknown;
    for (const parentURL of [context.parentURL, ...searchPaths.map(asParent)]) {
      try {
        const found = next(specifier, { ...context, parentURL });
        const allowed =
          !found.url.startsWith("file:") ||
          insideTask(found.url) ||
          insideLayers(found.url) ||
          PROVIDED_BY_RUNTIME.test(specifier);
        if (allowed) return found;
        failure ??= notFound(specifier, context.parentURL);
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  };
  nodeModule.registerHooks({ resolve });
}

function isPackage(specifier: string): boolean {
  return !/^(\.{0,2}\/|\.{1,2}$|#|node:|file:|data:)/.test(specifier) && !nodeModule.isBuiltin(specifier);
}

function asParent(searchPath: string): string {
  return pathToFileURL(join(searchPath, "..", "noop.js")).href;
}

function insideOf(folder: string): (url: string) => boolean {
  const prefix = folder + sep;
  return (url) => folder !== "" && fileURLToPath(url).startsWith(prefix);
}

function notFound(specifier: string, parent: string | undefined): Error {
  const from = parent === undefined ? "" : ` imported from ${fileURLToPath(parent)}`;
  return Object.assign(new Error(`Cannot find package '${specifier}'${from}`), { code: "ERR_MODULE_NOT_FOUND" });
}
