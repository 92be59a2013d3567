import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readAssembly } from "../../lib/assembly/read-assembly.ts";
import { type CdkProject, cdkProject } from "../helpers/cdk-project.ts";

const LIB = resolve("lib/index.ts");
let project: CdkProject;
afterEach(() => project.remove());

const PLAIN_APP = `
import { App, CfnOutput, Stack } from "aws-cdk-lib";
const app = new App();
const stack = new Stack(app, "Plain", { env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION } });
new CfnOutput(stack, "Out", { value: JSON.stringify([app.node.tryGetContext("tidegate:stage"), app.node.tryGetContext("a"), app.node.tryGetContext("b"), app.node.tryGetContext("c")]) });
app.synth();
`;

const OUR_APP = `
import { App, Stack } from "aws-cdk-lib";
import { Function, Table } from ${JSON.stringify(LIB)};
const stack = new Stack(new App(), "Ours");
const table = new Table(stack, "Table", { partitionKey: "id" });
new Function(stack, "Create", { entry: "src/create.ts", environment: { TABLE: table.tableName } });
stack.node.root.synth();
`.replace("stack.node.root", "(stack.node.root as App)");

function template(name: string): Record<string, never> {
  return JSON.parse(readFileSync(join(project.folder, "cdk.out", `${name}.template.json`), "utf8")) as never;
}

function outOf(name: string): unknown {
  return JSON.parse((template(name) as unknown as { Outputs: { Out: { Value: string } } }).Outputs.Out.Value);
}

describe("synthesis", () => {
  test.each(["node app.ts", "npx tsx app.ts", "npx ts-node --prefer-ts-exts app.ts", "A=1 node app.ts"])(
    "runs an app by `%s`, with its stage, account, region and context",
    async (app) => {
      project = cdkProject({ app, context: { a: "project", b: "project" } });
      project.write("app.ts", PLAIN_APP);
      project.write("cdk.context.json", '{"b":"looked up","c":"looked up"}');
      await project.synthesise("local", { a: "command line" });
      expect(outOf("Plain")).toEqual(["local", "command line", "project", "looked up"]);
      const [stack] = readAssembly(join(project.folder, "cdk.out")).stacks;
      expect(stack).toMatchObject({ displayName: "Plain", account: "000000000000", region: "eu-west-1" });
    },
  );

  test("runs a program of another kind", async () => {
    project = cdkProject({ app: "sh make.sh" });
    project.write("app.ts", PLAIN_APP);
    project.write("make.sh", "exec node app.ts");
    await project.synthesise();
    expect(readAssembly(join(project.folder, "cdk.out")).stacks).toHaveLength(1);
  });

  test("hands large context over by a file", async () => {
    project = cdkProject({ app: "node app.ts", context: { a: "x".repeat(200_000) } });
    project.write("app.ts", PLAIN_APP);
    await project.synthesise();
    expect((outOf("Plain") as string[])[1]).toHaveLength(200_000);
  });

  test("lets each file of the app know its own place", async () => {
    project = cdkProject({ app: "npx tsx bin/app.ts" });
    project.write("lib/names.ts", "export const names = [import.meta.dirname, import.meta.filename, import.meta.url];");
    project.write("lib/old.cts", "export const old = [__dirname, __filename];");
    project.write(
      "bin/app.ts",
      PLAIN_APP.replace(
        "const app",
        'import { names } from "../lib/names.ts";\nimport { old } from "../lib/old.cts";\nconst app',
      ).replace(/JSON.stringify\(.*\)/, "JSON.stringify([...names, ...old]) })"),
    );
    await project.synthesise();
    const file = join(project.folder, "lib/names.ts");
    const old = join(project.folder, "lib/old.cts");
    const lib = join(project.folder, "lib");
    expect(outOf("Plain")).toEqual([lib, file, `file://${file}`, lib, old]);
  });

  test("runs an app that waits at its top level, and one that tests whether it is the main module", async () => {
    project = cdkProject({ app: "node app.ts" });
    project.write("app.ts", `await Promise.resolve();${PLAIN_APP}`);
    await project.synthesise();
    project.write("app.ts", PLAIN_APP.replace("app.synth()", "if (import.meta.main !== false) app.synth()"));
    await project.synthesise();
    expect(readAssembly(join(project.folder, "cdk.out")).stacks).toHaveLength(1);
  });

  test("needs nothing in the project of what this package needs itself", async () => {
    project = cdkProject({ app: "node app.ts" });
    rmSync(join(project.folder, "node_modules"));
    mkdirSync(join(project.folder, "node_modules"));
    for (const name of ["aws-cdk-lib", "constructs"]) {
      symlinkSync(resolve("node_modules", name), join(project.folder, "node_modules", name));
    }
    project.write("src/create.ts", "export const handler = async () => 1;");
    const schedule = `new Schedule(stack, "Often", { schedule: "cron(0 8 ? * MON-FRI *)", target: create });`;
    const app = OUR_APP.replace("Table }", "Table, Schedule }").replace(
      "new Function(",
      "const create = new Function(",
    );
    project.write("app.ts", app.replace("(stack.node.root", `${schedule}\n(stack.node.root`));
    await project.synthesise();
    expect(JSON.stringify(template("Ours"))).toContain("cron(0 8 ? * MON-FRI *)");
  });

  test("sees every change of the app's files", async () => {
    project = cdkProject({ app: "node app.ts" });
    project.write("app.ts", PLAIN_APP);
    await project.synthesise();
    project.write("app.ts", PLAIN_APP.replaceAll('"Plain"', '"Other"'));
    await project.synthesise();
    expect(readAssembly(join(project.folder, "cdk.out")).stacks[0]!.stackName).toBe("Other");
  });

  test("gives the same bytes for the same source, with and without what was built before", async () => {
    project = cdkProject({ app: "node app.ts" });
    project.write("app.ts", OUR_APP);
    project.write("src/create.ts", "export const handler = async () => 1;");
    const output = join(project.folder, "cdk.out");
    const snapshot = () =>
      Object.fromEntries(readdirSync(output).map((name) => [name, readFileSync(join(output, name)).toString("hex")]));
    await project.synthesise();
    const first = snapshot();
    await project.synthesise();
    expect(snapshot()).toEqual(first);
    execFileSync("rm", ["-rf", join(project.folder, ".tidegate"), output]);
    await project.synthesise();
    expect(snapshot()).toEqual(first);
  });

  test("writes what the CDK's own command reads", async () => {
    project = cdkProject({ app: "node app.ts" });
    project.write("app.ts", OUR_APP);
    project.write("src/create.ts", "export const handler = async () => 1;");
    await project.synthesise();
    const cdk = (...words: string[]) =>
      execFileSync(process.execPath, [resolve("node_modules/aws-cdk/bin/cdk"), ...words, "--app", "cdk.out"], {
        cwd: project.folder,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    expect(cdk("ls")).toBe("Ours\n");
    // It leaves out the rule that checks the bootstrap version when it shows a template.
    const { Rules: _, ...shown } = template("Ours") as Record<string, unknown>;
    expect(JSON.parse(cdk("synth", "--json"))).toEqual(shown);
  });

  test("of two runs at once leaves one whole assembly, and of a killed one the old", async () => {
    project = cdkProject({ app: "node app.ts" });
    project.write("app.ts", OUR_APP);
    project.write("src/create.ts", "export const handler = async () => 1;");
    await Promise.all([project.synthesise(), project.synthesise(), project.synthesise()]);
    const output = join(project.folder, "cdk.out");
    const [stack] = readAssembly(output).stacks;
    expect(stack!.assets.every(({ path }) => existsSync(path))).toBe(true);
    expect(readdirSync(project.folder).filter((name) => name.startsWith("cdk.out"))).toEqual(["cdk.out"]);
  });

  test("points at the line of the source that made a resource", async () => {
    project = cdkProject({ app: "npx tsx app.ts" });
    project.write("app.ts", OUR_APP);
    project.write("src/create.ts", "export const handler = async () => 1;");
    await project.synthesise();
    const [stack] = readAssembly(join(project.folder, "cdk.out")).stacks;
    const origin = [...stack!.origins.values()].find(({ constructPath }) => constructPath === "Ours/Create");
    expect(origin?.source).toMatch(/(?:app|lambda-function|live-alias)\.ts:\d+/);
  });
});

describe("synthesis fails, and leaves the old assembly, when", () => {
  /** Why an app fails that takes the place of one that works. The old assembly must be there still. */
  async function failure(app: string): Promise<Error> {
    project = cdkProject({ app: "node app.ts" });
    project.write("app.ts", PLAIN_APP);
    await project.synthesise();
    project.write("app.ts", app);
    const error = await failed();
    expect(readAssembly(join(project.folder, "cdk.out")).stacks[0]!.stackName).toBe("Plain");
    expect(readdirSync(project.folder).filter((name) => name.startsWith("cdk.out."))).toEqual([]);
    return error;
  }

  async function failed(): Promise<Error> {
    return project.synthesise().then(
      () => new Error("it succeeded"),
      (reason: unknown) => reason as Error,
    );
  }

  test("the app throws: with its words and its line", async () => {
    const error = await failure('const name: string = "x";\nthrow new TypeError(`no table named ${name}`);\n');
    expect(error).toMatchObject({ name: "UserError", code: "AppFailed" });
    expect(error.message.split("\n")).toEqual([
      "no table named x",
      "  at app.ts:2:7",
      '    1 | const name: string = "x";',
      "  > 2 | throw new TypeError(`no table named ${name}`);",
      "      |       ^",
    ]);
  });

  test("aws-cdk-lib refuses a construct: with its path and the user's line, and nothing of the package", async () => {
    const error = await failure(
      `import { App, Stack } from "aws-cdk-lib";\nimport { Table } from "aws-cdk-lib/aws-dynamodb";\nnew Table(new Stack(new App(), "S"), "T", {});\n`,
    );
    expect(error).toMatchObject({ code: "AppFailed", constructPath: "S/T" });
    expect(error.message.split("\n")).toEqual([
      "partitionKey is required for Table",
      "  at app.ts:3:1",
      '    1 | import { App, Stack } from "aws-cdk-lib";',
      '    2 | import { Table } from "aws-cdk-lib/aws-dynamodb";',
      '  > 3 | new Table(new Stack(new App(), "S"), "T", {});',
      "      | ^",
    ]);
  });

  test("constructs have problems: with all of them", async () => {
    const error = await failure(OUR_APP.replace("src/create.ts", "src/none.ts"));
    expect(error.message).toContain("Validation failed with the following errors:");
    expect(error.message).toContain("[Ours/Create] entry: no file 'src/none.ts'.");
  });

  test("the app does not compile", async () => {
    expect((await failure("const = 1;")).message).toMatch(/app\.ts|Unexpected|Expected/);
  });

  test("the app writes no assembly", async () => {
    expect(await failure("export {};")).toMatchObject({ code: "AssemblyNotWritten" });
  });

  test("the app looks something up", async () => {
    const app = PLAIN_APP.replace(
      "new CfnOutput",
      'stack.node.tryGetContext("x"); stack.availabilityZones; new CfnOutput',
    );
    expect(await failure(app)).toMatchObject({
      code: "ContextMissing",
      message: expect.stringContaining("availability-zones:"),
    });
  });

  test("a template has more than CloudFormation takes", async () => {
    const app = PLAIN_APP.replace(
      "app.synth()",
      'for (let i = 0; i < 201; i++) new CfnOutput(stack, `O${i}`, { value: "1" });\napp.synth()',
    );
    expect(await failure(app)).toMatchObject({
      code: "TemplateTooLarge",
      message: expect.stringContaining("Plain: the template has 202 outputs; CloudFormation takes 200."),
    });
  });

  test("the program is not there", async () => {
    project = cdkProject({ app: "no-such-program app.ts" });
    expect(await failed()).toMatchObject({ code: "AppNotStarted" });
  });

  test("it is interrupted", async () => {
    project = cdkProject({ app: "node app.ts" });
    project.write("app.ts", "setInterval(() => {}, 1000);");
    const run = project.synthesise("local", {}, AbortSignal.timeout(700));
    await expect(run).rejects.toMatchObject({ name: "AbortError" });
    expect(existsSync(join(project.folder, "cdk.out"))).toBe(false);
  });
});

describe("a template near a limit", () => {
  test("is reported with its largest constructs", async () => {
    project = cdkProject({ app: "node app.ts" });
    project.write(
      "app.ts",
      PLAIN_APP.replace(
        "app.synth()",
        'for (let i = 0; i < 180; i++) new CfnOutput(stack, `O${i}`, { value: "1" });\napp.synth()',
      ),
    );
    await project.synthesise();
    expect(project.messages.filter(({ level }) => level === "warn").map(({ text }) => text)).toEqual([
      expect.stringContaining("the template has 181 outputs; CloudFormation takes 200."),
    ]);
  });
});
