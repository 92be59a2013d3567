import { readFileSync, globSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { assertionsByRoom, countFigures } from "./helpers/house-figures.ts";
import { findImportCircles } from "./helpers/import-circles.ts";
import { makesClients, speaks } from "./helpers/room-habits.ts";
import type { SourceFile } from "./helpers/parse-source.ts";
import { RATCHETS } from "./helpers/ratchets.ts";
import { ROOMS, findViolations, importsOf } from "./helpers/room-rules.ts";

const root = new URL("..", import.meta.url).pathname;
const files: SourceFile[] = globSync(["bin/**/*.ts", "lib/**/*.{ts,tsx}", "functions/**/*.ts"], { cwd: root }).map(
  (path) => ({ path, text: readFileSync(`${root}/${path}`, "utf8") }),
);

describe("the rooms", () => {
  it("import only what the table allows", () => {
    expect(files.length).toBeGreaterThan(10);
    expect(findViolations(files)).toEqual([]);
  });

  it("have a file each, so that no rule watches an empty room", () => {
    const laterRooms = new Set(["lib/patterns", "lib/console"]);
    const empty = ROOMS.filter(
      ({ room }) => !laterRooms.has(room) && !files.some(({ path }) => path === room || path.startsWith(`${room}/`)),
    );
    expect(empty.map(({ room }) => room)).toEqual([]);
  });

  it("keep the clock, the network and chance out of the constructs", () => {
    const forbidden =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|node:(http|https|net|dns)|\bfetch\(/;
    const guilty = files.filter(({ path, text }) => path.startsWith("lib/constructs/") && forbidden.test(text));
    expect(guilty.map(({ path }) => path)).toEqual([]);
  });

  it("have no import circles in the constructs, types included", () => {
    expect(findImportCircles(files.filter(({ path }) => path.startsWith("lib/constructs/")))).toEqual([]);
  });

  it("let only lib/aws make SDK clients", () => {
    const guilty = files.filter(
      (file) => /^(lib|bin)\//.test(file.path) && !file.path.startsWith("lib/aws/") && makesClients(file),
    );
    expect(guilty.map(({ path }) => path)).toEqual([]);
  });

  it("let only lib/cli print, read flags or exit", () => {
    // `report-outcome.ts` runs in the user's function and writes its log.
    const processesOfTheirOwn =
      /^lib\/(cli|local\/(runtime|daemon))\/|-(main|worker)\.ts$|^bin\/tidegate\.ts$|\/report-outcome\.ts$/;
    const guilty = files.filter(
      (file) => /^(lib|bin)\//.test(file.path) && !processesOfTheirOwn.test(file.path) && speaks(file),
    );
    expect(guilty.map(({ path }) => path)).toEqual([]);
  });

  it("keep bin/tidegate.ts within 30 lines", () => {
    const entry = files.find(({ path }) => path === "bin/tidegate.ts");
    expect(entry?.text.trimEnd().split("\n").length).toBeLessThanOrEqual(30);
  });
});

describe("the ratchets", () => {
  const figures = files.map(countFigures);

  it("hold the assertions of each room, and those of a new room at 3 per thousand lines", () => {
    const limitOf = (room: string) => RATCHETS.assertionsByRoom[room] ?? 3;
    expect([...assertionsByRoom(files)].filter(([room, count]) => count > limitOf(room))).toEqual([]);
  });

  it("hold the assertions over all", () => {
    const lines = figures.reduce((sum, one) => sum + one.lines, 0);
    const assertions = figures.reduce((sum, one) => sum + one.assertions, 0);
    expect((assertions / lines) * 1000).toBeLessThanOrEqual(RATCHETS.assertionsPerThousandLines);
  });

  it("hold the exports without a doc comment", () => {
    expect(figures.flatMap(({ undocumented }) => undocumented).length).toBeLessThanOrEqual(
      RATCHETS.undocumentedExports,
    );
  });

  it("hold the import circles, types included", () => {
    const circles = findImportCircles(files);
    expect(circles.length, circles.map(([first]) => first).join(", ")).toBeLessThanOrEqual(RATCHETS.importCircles);
    expect(circles.flat().length).toBeLessThanOrEqual(RATCHETS.filesInCircles);
  });
});

describe("the test of the rooms", () => {
  const planted = (path: string, text: string) => findViolations([{ path, text }]);

  it("finds an import between the deployer and the local cloud, both ways", () => {
    expect(planted("lib/deploy/x.ts", `import { y } from "../local/y.ts";`)).toHaveLength(1);
    expect(planted("lib/local/x.ts", `export { y } from "../deploy/y.ts";`)).toHaveLength(1);
  });

  it("finds an import that is only a type, and one that is dynamic", () => {
    expect(planted("lib/local/x.ts", `import type { Y } from "../deploy/y.ts";`)).toHaveLength(1);
    expect(planted("lib/local/x.ts", `const y = await import("../deploy/y.ts");`)).toHaveLength(1);
  });

  it("finds a service that imports another one, and a wire that names a service", () => {
    expect(planted("lib/local/services/s3/a.ts", `import { b } from "../lambda/b.ts";`)).toHaveLength(1);
    expect(planted("lib/local/wire/a.ts", `import { b } from "../services/lambda/b.ts";`)).toHaveLength(1);
    expect(planted("lib/local/services/s3/a.ts", `import { b } from "./b.ts";`)).toEqual([]);
  });

  it("finds a room of the ground floor that imports a service, and a service that imports the server", () => {
    expect(planted("lib/local/delivery/a.ts", `import { b } from "../services/sqs/b.ts";`)).toHaveLength(1);
    expect(planted("lib/local/kit/a.ts", `import type { B } from "../delivery/b.ts";`)).toHaveLength(1);
    expect(planted("lib/local/services/s3/a.ts", `import { b } from "../../server/b.ts";`)).toHaveLength(1);
    expect(planted("lib/local/services/s3/a.ts", `import { b } from "../../delivery/b.ts";`)).toEqual([]);
  });

  it("finds a package that the room may not use", () => {
    expect(planted("lib/constructs/a.ts", `import { LambdaClient } from "@aws-sdk/client-lambda";`)).toHaveLength(1);
    expect(planted("lib/assembly/a.ts", `import "aws-cdk-lib";`)).toHaveLength(1);
  });

  it("finds files that import each other, by types too", () => {
    const file = (path: string, from: string) => ({ path, text: `import type { X } from "${from}";` });
    const circle = [file("lib/a/x.ts", "./y.ts"), file("lib/a/y.ts", "../b/z.ts"), file("lib/b/z.ts", "../a/x.ts")];
    expect(findImportCircles(circle)).toEqual([["lib/a/x.ts", "lib/a/y.ts", "lib/b/z.ts"]]);
    expect(findImportCircles(circle.slice(1))).toEqual([]);
  });

  it("finds a file outside of every room", () => {
    expect(planted("lib/misc/a.ts", "")).toEqual(["lib/misc/a.ts lies in no room of the table"]);
  });

  it("finds the construction of a client, and of no other class", () => {
    const made = `import { LambdaClient } from "@aws-sdk/client-lambda"; new LambdaClient({});`;
    const loaded = `const c = new (await import("@aws-sdk/client-s3")).S3Client({});`;
    expect([made, loaded].map((text) => makesClients({ path: "lib/x.ts", text }))).toEqual([true, true]);
    expect(makesClients({ path: "lib/x.ts", text: "new RuntimeClient();" })).toBe(false);
  });

  it("finds a file that prints, exits or reads flags, and not one that only quotes such code", () => {
    const texts = ["console.log(1);", "process.exit(1);", "process.stdout.write('x');", "const a = process.argv[2];"];
    expect(texts.map((text) => speaks({ path: "lib/x.ts", text }))).toEqual([true, true, true, true]);
    expect(speaks({ path: "lib/x.ts", text: 'const code = "console.log(1)";' })).toBe(false);
  });

  it("reads every kind of import", () => {
    const text = `import a from "a"; import type { B } from "b"; export * from "c"; export { d } from "d"; await import("e");`;
    expect(importsOf({ path: "lib/x.ts", text }).toSorted()).toEqual(["a", "b", "c", "d", "e"]);
  });
});
