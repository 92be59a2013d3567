import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Runtime } from "aws-cdk-lib/aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Bundler } from "../../lib/bundle/bundler.ts";
import { completeBundlingOptions } from "../../lib/constructs/bundling-options.ts";
import { mapsInPackage } from "../../lib/look/traces/code-maps.ts";
import { parseFrame, placeOf } from "../../lib/look/traces/frame.ts";
import { mapTrace, type PackageMaps } from "../../lib/look/traces/map-trace.ts";
import { filesOf, sourcePath } from "../../lib/look/traces/source-path.ts";
import { readZip } from "../helpers/read-zip.ts";

const CODE = `interface Order { readonly id: number }

function priceOf(order: Order | undefined): number {
  if (order === undefined) throw new TypeError("there is no order");
  return order.id;
}

export const handler = async (event: { order?: Order }) => {
  await undefined;
  const price = priceOf(event.order);
  return price;
};
`;

let folder: string;
let maps: PackageMaps;
let stack: string[];

/** Bundles a function as a deploy does, and runs it in a Node.js that reads no source maps, from a folder of AWS's name. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-traces-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "list.ts"), CODE);
  const options = completeBundlingOptions({}, Runtime.NODEJS_24_X, folder);
  const request = { entry: join(folder, "list.ts"), exportName: "handler", options, constructPath: "App/List" };
  const outcome = new Bundler(folder).add(request).outcome();
  if ("failure" in outcome) throw new Error(outcome.failure.problems.join("\n"));
  const zip = readFileSync(outcome.bundle.zipFile);
  maps = await mapsInPackage(zip);
  const run = join(folder, "index.mjs");
  writeFileSync(run, readZip(zip).get("index.mjs") ?? "");
  const call = `import(${JSON.stringify(run)}).then((m) => m.handler({})).catch((e) => console.log(e.stack))`;
  const shown = execFileSync(process.execPath, ["-e", call], { encoding: "utf8", env: { NODE_OPTIONS: "" } });
  stack = shown.trimEnd().replaceAll(folder, "/var/task").split("\n").slice(1);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the stack trace of a minified bundle", () => {
  it("names files, lines and functions of the TypeScript", async () => {
    expect(stack[0]).toMatch(/^ {4}at \w+ \(file:\/\/\/var\/task\/index\.mjs:2:\d+\)$/);
    const mapped = await mapTrace(stack, { maps: () => Promise.resolve(maps), exists: filesOf(folder) });
    expect(mapped).toEqual([
      expect.stringMatching(/^at priceOf \(list\.ts:4:3\d\)$/),
      expect.stringMatching(/^at [\w.]+ \(list\.ts:10:1\d\)$/),
    ]);
  });

  it("names the package's files where there is no map, and loads none where it is mapped already", async () => {
    const none = { maps: () => Promise.resolve(new Map()), exists: filesOf(folder) };
    expect((await mapTrace(stack, none))[0]).toMatch(/^at \w+ \(index\.mjs:2:\d+\)$/);
    const refused = { maps: () => Promise.reject(new Error("not needed")), exists: filesOf(folder) };
    expect(await mapTrace(["    at priceOf (/var/list.ts:5:34)"], refused)).toEqual(["at priceOf (list.ts:5:34)"]);
  });

  it("ends where Lambda's runtime calls the handler, and leaves out Node.js", async () => {
    const trace = [
      "    at node:internal/process/task_queues:104:5",
      "    at async handler (/var/list.ts:10:17)",
      "    at new Promise (<anonymous>)",
      "    at Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1205:29)",
      "    at file:///var/task/index.mjs:1:1",
    ];
    const sources = { maps: () => Promise.resolve(new Map()), exists: () => true };
    expect(await mapTrace(trace, sources)).toEqual(["at async handler (list.ts:10:17)"]);
  });

  it("keeps a traceback of Python, by its paths in the package", async () => {
    const sources = { maps: () => Promise.resolve(new Map()), exists: () => true };
    expect(await mapTrace(['File "/var/task/app.py", line 3, in handler'], sources)).toEqual([
      'File "app.py", line 3, in handler',
    ]);
  });
});

describe("a frame", () => {
  const local = `/tmp/cloud/scratch/lambda/code/${"a".repeat(64)}`;

  it.each([
    ["/var/task/index.js", { kind: "package", path: "index.js" }],
    ["file:///var/task/sub/index.mjs", { kind: "package", path: "sub/index.mjs" }],
    [`file://${local}/index.mjs`, { kind: "package", path: "index.mjs" }],
    ["/var/functions/list.ts", { kind: "source", path: "../functions/list.ts" }],
    ["/tmp/cloud/scratch/lambda/code/functions/list.ts", { kind: "source", path: "../functions/list.ts" }],
    ["node:internal/process/task_queues", { kind: "runtime" }],
    ["file:///var/runtime/index.mjs", { kind: "runtime" }],
    ["/opt/nodejs/layer.js", { kind: "other", path: "/opt/nodejs/layer.js" }],
  ])("%s", (file, place) => {
    expect(placeOf({ file })).toEqual(place);
  });

  it.each([
    ["    at list (/a/b.ts:1:2)", { call: "list", file: "/a/b.ts", line: 1, column: 2 }],
    ["at async Shop.list [as call] (/a/b.ts:1:2)", { call: "async Shop.list [as call]", file: "/a/b.ts" }],
    ["at file:///a/b.mjs:10:20", { file: "file:///a/b.mjs", line: 10, column: 20 }],
  ])("is read: %s", (line, frame) => {
    expect(parseFrame(line)).toMatchObject(frame);
  });

  it.each(["at new Promise (<anonymous>)", "TypeError: a (b:1:2)"])("is not: %s", (line) => {
    expect(parseFrame(line)).toBeUndefined();
  });
});

describe("the path of a source", () => {
  const exists = (path: string) => path === "functions/list.ts";

  it.each([
    ["../functions/list.ts", "functions/list.ts"],
    ["functions/list.ts", "functions/list.ts"],
    ["../../../app/functions/list.ts", "app/functions/list.ts"],
    ["../../node_modules/zod/index.js", "node_modules/zod/index.js"],
    ["webpack://functions/list.ts", "functions/list.ts"],
  ])("%s is %s", (source, path) => {
    expect(sourcePath(source, exists)).toBe(path);
  });
});
