import { existsSync } from "node:fs";

const EXTENSIONS = [".ts", ".mts", ".js", ".mjs"];

/** What to do about an error that Node.js itself threw for an app. `app` is its command. Undefined where its message says enough. */
export function tryFindHint(message: string, app: string): string | undefined {
  if (/^Cannot find module '[^']+'$/.test(message)) return `Correct \`app\` in cdk.json: it is \`${app}\`.`;
  const [, name] = /^Cannot find package '([^']+)' imported from /.exec(message) ?? [];
  if (name !== undefined) return `Install it: \`npm install ${name}\`.`;
  const [, path] = /^Cannot find module '([^']+)' imported from /.exec(message) ?? [];
  const extension = EXTENSIONS.find((one) => path !== undefined && existsSync(`${path}${one}`));
  if (extension !== undefined) return `Node.js wants the whole name of the file: add '${extension}' to the import.`;
  if (message.includes("is not supported in strip-only mode")) {
    return 'Node.js removes types and compiles nothing. Write it in plain JavaScript; "erasableSyntaxOnly" in tsconfig.json finds all such places.';
  }
  return undefined;
}
