import { builtinModules } from "node:module";
import { posix } from "node:path";
import { parseSource, type SourceFile } from "./parse-source.ts";

/** What files of a room may import: rooms by name, packages by name or `name/*` prefix. */
export interface RoomRule {
  /** Folder or file below the repository's root. The longest match names a file's room. */
  readonly room: string;
  readonly mayImport: readonly string[];
  /** Packages; a trailing `*` takes every package that begins so. Node's own modules are always allowed. */
  readonly packages: readonly string[];
}

const LEAVES = ["lib/errors.ts", "lib/io", "lib/util"];
const SDK = ["@aws-sdk/*", "@smithy/*"];

/** What every room of the local cloud speaks: its errors, and the form of a service. */
const LOCAL = ["lib/local/aws-error.ts", "lib/local/service.ts"];

/** The rooms of the local cloud that services stand on. None of them names a service. */
const GROUND_FLOOR = ["kit", "delivery", "http-api", "policy", "state"].map((room) => `lib/local/${room}`);

/** The rooms of the house, as the architecture note has them. */
export const ROOMS: readonly RoomRule[] = [
  { room: "bin/tidegate.ts", mayImport: ["lib/cli"], packages: [] },
  { room: "bin/app.ts", mayImport: ["lib/index.ts"], packages: ["aws-cdk-lib", "constructs"] },
  { room: "lib/index.ts", mayImport: ["lib/constructs", "lib/patterns", ...LEAVES], packages: [] },
  {
    room: "lib/constructs",
    mayImport: ["lib/bundle", "lib/assembly", "lib/runtime", ...LEAVES],
    packages: ["aws-cdk-lib", "constructs"],
  },
  { room: "lib/patterns", mayImport: ["lib/constructs", ...LEAVES], packages: ["aws-cdk-lib", "constructs"] },
  { room: "lib/bundle", mayImport: LEAVES, packages: ["esbuild"] },
  { room: "lib/assembly", mayImport: ["lib/runtime", ...LEAVES], packages: [] },
  { room: "lib/template", mayImport: LEAVES, packages: ["yaml"] },
  { room: "lib/synth", mayImport: ["lib/assembly", "lib/bundle", "lib/template", ...LEAVES], packages: ["esbuild"] },
  { room: "lib/aws", mayImport: LEAVES, packages: SDK },
  {
    room: "lib/deploy",
    mayImport: ["lib/assembly", "lib/aws", "lib/iam", "lib/release", "lib/template", ...LEAVES],
    packages: ["@aws-sdk/*", "@aws-cdk/cloudformation-diff"],
  },
  {
    room: "lib/dev",
    mayImport: ["lib/assembly", "lib/aws", "lib/bundle", "lib/deploy", "lib/release", "lib/synth", ...LEAVES],
    packages: ["@aws-sdk/*"],
  },
  { room: "lib/driver", mayImport: ["lib/aws", "lib/release", "lib/deploy", "lib/assembly", ...LEAVES], packages: [] },
  { room: "lib/release", mayImport: ["lib/aws", "lib/assembly", ...LEAVES], packages: ["@aws-sdk/*"] },
  { room: "lib/events", mayImport: LEAVES, packages: [] },
  {
    room: "lib/look",
    mayImport: ["lib/assembly", "lib/aws", "lib/bundle/package-in-cache.ts", "lib/deploy", ...LEAVES],
    packages: ["@aws-sdk/*", "yauzl"],
  },
  { room: "lib/iam", mayImport: LEAVES, packages: [] },
  {
    room: "lib/local",
    mayImport: ["lib/template", "lib/iam", ...LEAVES],
    packages: [...SDK, "yauzl", "yaml", "jose", "jsonata"],
  },
  { room: "lib/runtime", mayImport: [], packages: [] },
  { room: "lib/local/state", mayImport: ["lib/local/kit", ...LEAVES], packages: SDK },
  {
    room: "lib/local/kit",
    mayImport: ["lib/local/catalogue.ts", "lib/local/state", "lib/local/wire", ...LOCAL, ...LEAVES],
    packages: SDK,
  },
  {
    room: "lib/local/policy",
    mayImport: ["lib/iam", "lib/local/kit/checked.ts", "lib/local/state", ...LOCAL, ...LEAVES],
    packages: SDK,
  },
  {
    room: "lib/local/delivery",
    mayImport: ["lib/local/kit", "lib/local/policy", "lib/local/state", ...LOCAL, ...LEAVES],
    packages: SDK,
  },
  {
    room: "lib/local/http-api",
    mayImport: [
      "lib/local/delivery",
      "lib/local/kit",
      "lib/local/policy",
      "lib/local/state",
      "lib/iam",
      ...LOCAL,
      ...LEAVES,
    ],
    packages: [...SDK, "jose"],
  },
  {
    room: "lib/local/services",
    mayImport: [
      ...GROUND_FLOOR,
      "lib/local/bootstrap.ts",
      "lib/local/http-connection",
      "lib/local/catalogue.ts",
      "lib/local/wire",
      "lib/iam",
      "lib/template",
      ...LOCAL,
      ...LEAVES,
    ],
    packages: [...SDK, "jsonata"],
  },
  {
    room: "lib/local/services/lambda",
    mayImport: [...GROUND_FLOOR, "lib/local/runtime", "lib/iam", ...LOCAL, ...LEAVES],
    packages: SDK,
  },
  {
    room: "lib/testing",
    mayImport: ["lib/assembly", "lib/aws", "lib/deploy", "lib/events", "lib/local", "lib/look", "lib/synth", ...LEAVES],
    packages: [...SDK, "aws-cdk-lib", "constructs", "vitest"],
  },
  { room: "lib/console", mayImport: [], packages: [] },
  {
    room: "lib/cli",
    mayImport: ["lib"],
    packages: ["commander", "@clack/prompts"],
  },
  { room: "lib/errors.ts", mayImport: LEAVES, packages: [] },
  { room: "lib/io", mayImport: LEAVES, packages: [] },
  { room: "lib/util", mayImport: LEAVES, packages: [] },
  { room: "lib/util/schedule-expression", mayImport: LEAVES, packages: ["croner"] },
  { room: "functions", mayImport: [], packages: ["@aws-sdk/*", "aws-lambda"] },
];

/** The sentences that say which imports break the rules. Empty where the house is in order. */
export function findViolations(files: readonly SourceFile[], rooms: readonly RoomRule[] = ROOMS): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path, rooms);
    if (room === undefined) return [`${file.path} lies in no room of the table`];
    return importsOf(file).flatMap((specifier) => judge(file.path, room, specifier) ?? []);
  });
}

/** What `file` imports, exports from or asks for with `import()`; types too. */
export function importsOf(file: SourceFile): string[] {
  const { module } = parseSource(file);
  const dynamic = module.dynamicImports.map(({ moduleRequest }) => {
    const text = file.text.slice(moduleRequest.start, moduleRequest.end);
    return /^["'`]/.test(text) ? text.slice(1, -1) : undefined;
  });
  const fixed = module.staticImports.map((statement) => statement.moduleRequest.value);
  const passed = module.staticExports.flatMap(({ entries }) => entries.map((entry) => entry.moduleRequest?.value));
  return [...new Set([...fixed, ...passed, ...dynamic])].filter((specifier) => specifier !== undefined);
}

function roomOf(path: string, rooms: readonly RoomRule[]): RoomRule | undefined {
  return rooms
    .filter(({ room }) => isWithin(path, room))
    .toSorted((a, b) => b.room.length - a.room.length)
    .at(0);
}

function judge(path: string, room: RoomRule, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return judgeRelative(path, room, posix.join(posix.dirname(path), specifier));
  if (specifier.startsWith("node:")) return undefined;
  if (builtinModules.includes(specifier)) return `${path} imports "${specifier}" without its node: prefix`;
  const allowed = room.packages.some((name) =>
    name.endsWith("*") ? specifier.startsWith(name.slice(0, -1)) : isWithin(specifier, name),
  );
  return allowed ? undefined : `${path} (room ${room.room}) imports the package "${specifier}", which its room may not`;
}

function judgeRelative(path: string, room: RoomRule, target: string): string | undefined {
  const home = room.room.endsWith(".ts") ? path : room.room;
  if (isWithin(target, home)) return betweenServices(path, target) ?? betweenFunctions(path, target);
  if (room.mayImport.some((allowed) => isWithin(target, allowed))) return undefined;
  return `${path} (room ${room.room}) imports ${target}, which its room may not`;
}

function betweenServices(path: string, target: string): string | undefined {
  const from = /^lib\/local\/services\/([^/]+)\//.exec(path)?.[1];
  const to = /^lib\/local\/services\/([^/]+)\//.exec(target)?.[1];
  if (to === undefined || from === to) return undefined;
  if (from !== undefined) return `${path} imports ${target}: services ask each other through call()`;
  if (path.startsWith("lib/local/wire/")) return `${path} imports ${target}: the wire names no service`;
  return undefined;
}

function betweenFunctions(path: string, target: string): string | undefined {
  const folder = (file: string) => /^functions\/([^/]+)\//.exec(file)?.[1];
  return folder(path) === folder(target) ? undefined : `${path} imports ${target}: a function keeps to its own folder`;
}

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}
