import { execFileSync } from "node:child_process";

/** Compiles the package once before the tests, as `npm start` and `npm pack` do: the command is tested as it ships. */
export default function build(): void {
  const root = new URL("../..", import.meta.url).pathname;
  execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
}
