import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const PAGE = readFileSync(new URL("../docs/moving-over.md", import.meta.url), "utf8");
/** By the tool: what the Tidegate side of its example makes. */
const MAKES: Readonly<Record<string, readonly string[]>> = {
  SAM: ["AWS::DynamoDB::Table", "AWS::Lambda::Alias", "AWS::ApiGatewayV2::Route"],
  "the CDK": ["AWS::SQS::Queue", "AWS::Lambda::Alias", "AWS::Lambda::EventSourceMapping"],
  SST: ["AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping", "AWS::Scheduler::Schedule"],
  "the Serverless Framework": ["AWS::S3::Bucket", "AWS::Lambda::Permission", "AWS::ApiGatewayV2::Route"],
};
const TOOLS = Object.keys(MAKES);

let folder: string;

/** The app of a chapter: the block that is a whole program. */
function appOf(tool: string): string {
  const [, chapter = ""] = PAGE.split(`## From ${tool}\n`);
  const blocks = [...(chapter.split("\n## ")[0] ?? "").matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(
    ([, code = ""]) => code,
  );
  const [app, ...more] = blocks.filter((code) => code.includes('from "tidegate"'));
  if (app === undefined || more.length > 0) throw new Error(`the chapter of ${tool} has ${more.length + 1} apps`);
  return app;
}

/** Synthesises all apps in one process: aws-cdk-lib takes seconds to load. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-moving-over-"));
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "functions"));
  writeFileSync(join(folder, "package.json"), '{ "name": "moved", "type": "module" }\n');
  TOOLS.forEach((tool, index) => {
    const app = appOf(tool).replace('"tidegate"', JSON.stringify(resolve("lib/index.ts")));
    for (const [, entry = ""] of app.matchAll(/entry: "([^"]+)"/g)) {
      writeFileSync(join(folder, entry), "export const handler = async () => ({});\n");
    }
    writeFileSync(join(folder, `app-${index}.ts`), app);
  });
  const runner = TOOLS.map(
    (_, index) =>
      `process.env.CDK_OUTDIR = "out-${index}"; await import(${JSON.stringify(join(folder, `app-${index}.ts`))});`,
  );
  writeFileSync(join(folder, "synth-all.ts"), runner.join("\n"));
  execFileSync(process.execPath, ["synth-all.ts"], { cwd: folder, stdio: "pipe" });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("docs/moving-over.md", () => {
  it.each(TOOLS.map((tool, index) => [tool, index] as const))(
    "has an app to take the place of one of %s",
    (tool, index) => {
      const output = join(folder, `out-${index}`);
      const name = readdirSync(output).find((file) => file.endsWith(".template.json")) ?? "";
      const { Resources } = JSON.parse(readFileSync(join(output, name), "utf8")) as {
        Resources: Readonly<Record<string, { Type: string }>>;
      };
      const types = Object.values(Resources).map(({ Type }) => Type);
      expect(types).toEqual(expect.arrayContaining([...(MAKES[tool] ?? [])]));
    },
  );
});
