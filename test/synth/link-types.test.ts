import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type CdkProject, cdkProject } from "../helpers/cdk-project.ts";

let project: CdkProject;
afterEach(() => project.remove());

const APP = `
import { App, Stack, Stage } from "aws-cdk-lib";
import { Function, link, Queue, Table, Topic } from ${JSON.stringify(resolve("lib/index.ts"))};
const app = new App();
const shop = new Stack(app, "Shop");
const orders = new Table(shop, "Orders", { partitionKey: "id" });
const [create, list] = ["Create", "List"].map((id) => new Function(shop, id, { entry: "functions/create.ts" }));
link(create, orders, "write");
link(create, new Topic(shop, "News"));
link(list, orders, "read");
const mail = new Stack(new Stage(app, "Prod"), "Mail");
link(new Function(mail, "Send", { entry: "functions/create.ts" }), new Queue(mail, "Jobs"), "write", { name: "News" });
app.synth();
`;

const DECLARED = `// Written by \`tidegate synth\` from the app's links. Commit it, and do not edit it.
import type { Link } from "tidegate/runtime";

declare module "tidegate/runtime" {
  interface Resources {
    readonly News: Link<"queue"> | Link<"topic">;
    readonly Orders: Link<"table">;
  }
  interface FunctionLinks {
    readonly "Prod/Mail/Send": { readonly News: Link<"queue"> };
    readonly "Shop/Create": { readonly News: Link<"topic">; readonly Orders: Link<"table"> };
    readonly "Shop/List": { readonly Orders: Link<"table"> };
  }
}
`;

const CODE = `import { linksOf, resource } from "tidegate/runtime";
export const handler = () => [
  resource.Orders.name,
  resource.News.arn,
  linksOf("Shop/List").Orders.name,
  resource.Ordres,
  resource.Orders.url,
  linksOf("Shop/List").News,
  linksOf("Shop/Lost"),
];
`;

const TSCONFIG = {
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    types: ["node"],
    strict: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    paths: { "tidegate/runtime": [resolve("lib/runtime/runtime.ts")] },
  },
  include: ["functions", "tidegate-env.d.ts"],
};

const file = () => join(project.folder, "tidegate-env.d.ts");

test("synthesis declares the app's links, and the compiler refuses what there is not", async () => {
  project = cdkProject({ app: "node app.ts" });
  project.write("app.ts", APP);
  project.write("functions/create.ts", CODE);
  project.write("tsconfig.json", JSON.stringify(TSCONFIG));
  await project.synthesise();
  expect(readFileSync(file(), "utf8")).toBe(DECLARED);
  const { stdout } = spawnSync(process.execPath, [resolve("node_modules/typescript/bin/tsc"), "-p", project.folder]);
  const problems = String(stdout).matchAll(/create\.ts\((\d+),\d+\): error TS\d+: (.*)/g);
  expect([...problems].map(([, line, text]) => `${line} ${text}`)).toEqual([
    "6 Property 'Ordres' does not exist on type 'Resources'. Did you mean 'Orders'?",
    "7 Property 'url' does not exist on type '{ readonly name: string; }'.",
    expect.stringMatching(/^8 Property 'News' does not exist on type/),
    expect.stringMatching(/^9 Argument of type '"Shop\/Lost"' is not assignable to parameter of type/),
  ]);
});

test("synthesis leaves a current declaration alone, and removes one of an app without links", async () => {
  project = cdkProject({ app: "node app.ts" });
  project.write("app.ts", APP);
  project.write("functions/create.ts", "export const handler = () => undefined;");
  await project.synthesise();
  const { ino } = statSync(file());
  await project.synthesise();
  expect(statSync(file()).ino).toBe(ino);
  project.write("app.ts", APP.replaceAll(/^link.*$/gm, ""));
  await project.synthesise();
  expect(existsSync(file())).toBe(false);
  project.write("tidegate-env.d.ts", "export {};\n");
  await project.synthesise();
  expect(readFileSync(file(), "utf8")).toBe("export {};\n");
});
