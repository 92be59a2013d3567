import { join } from "node:path";

/** The folder of finished packages below a project's folder. */
export function bundlesFolder(projectFolder: string): string {
  return join(projectFolder, ".tidegate", "cache", "bundles");
}

/** Where a package that was bundled on this machine is kept. `zipSha256` is hexadecimal. */
export function packageInCache(projectFolder: string, zipSha256: string): string {
  return join(bundlesFolder(projectFolder), `${zipSha256}.zip`);
}
