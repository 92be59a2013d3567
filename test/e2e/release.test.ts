import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { exampleProject, type TestProject } from "../helpers/project.ts";
import { watch, type Watch } from "../helpers/todo-client.ts";

interface Deployed {
  readonly exitCode: number;
  readonly unchanged: boolean;
  readonly release?: { readonly state: string };
  readonly stacks: readonly { readonly stackName: string; readonly outputs: Record<string, string> }[];
}

interface Status {
  readonly release: { readonly state: string };
  readonly aliases: readonly {
    readonly path: string;
    readonly live: { readonly primary: string; readonly additional?: object };
  }[];
}

let project: TestProject;
let url: string;
let client: Watch | undefined;

/** A minute of the cloud's time passes in a second. */
beforeAll(async () => {
  project = exampleProject();
  // Durations are real, and minutes are not: until a new process is compiled, it is slower for several of them. Latency has
  // tests of its own.
  project.edit("bin/app.ts", (text) => text.replace("minInvocations: 20,", "minInvocations: 20, latency: false,"));
  await project.tidegate("local", "start", "--clock-speed", "60");
  const { stacks } = await project.json<Deployed>("deploy", "--real-time");
  url = stacks[0]!.outputs["ApiUrl"]!;
});

afterEach(async () => {
  await client?.stop();
  client = undefined;
});

afterAll(() => project.remove());

/** Makes `GET /todos` answer which version of the code it is. */
function mark(version: string): void {
  project.edit(
    "functions/todo/list.ts",
    (text) =>
      `${text.split("\n// mark")[0]}\n// mark\nconst inner = handler;\nexport const marked = async (event: never) => {\n  const answer = (await inner(event)) as { headers?: object };\n  return { ...answer, headers: { ...answer.headers, "x-code": ${JSON.stringify(version)} } };\n};\n`,
  );
  project.edit("bin/app.ts", (text) =>
    text.replace(
      /entry: (`functions\/todo\/\$\{verb\}\.ts`),( handler: [^\n]*)?/,
      'entry: $1, handler: verb === "list" ? "marked" : "handler",',
    ),
  );
}

const codeOf = (_body: string, headers: Headers) => headers.get("x-code") ?? "old";

describe("a canary under load", () => {
  it("serves both versions in about the set proportion, then only the new one, with no failed request; and back", async () => {
    const { marks, failures } = (client = watch(url, "/todos", codeOf));
    await expect.poll(() => marks.length).toBeGreaterThan(10);
    mark("new");
    const deployed = await project.json<Deployed>("deploy", "--real-time");
    expect(deployed).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    await expect.poll(() => marks.slice(-21)).toEqual(Array.from({ length: 21 }, () => "new"));
    const during = marks.slice(marks.indexOf("new"));
    const lastOld = during.lastIndexOf("old");
    const shifting = during.slice(0, lastOld + 1);
    const share = shifting.filter((code) => code === "new").length / shifting.length;
    expect(shifting.length).toBeGreaterThan(100);
    // Four and a half standard deviations of as many draws at 0.1; the first and the last call lie within the shift.
    const deviation = 4.5 * Math.sqrt((0.1 * 0.9) / shifting.length);
    expect(share).toBeGreaterThan(Math.max(0, 0.1 - deviation));
    expect(share).toBeLessThan(0.15 + deviation);
    expect(during.slice(lastOld + 1).length).toBeGreaterThan(20);
    expect(failures).toEqual([]);

    const status = await project.json<Status>("status");
    expect(status.release.state).toBe("SUCCEEDED");
    expect(status.aliases.every(({ live }) => live.additional === undefined)).toBe(true);
    expect((await project.json<{ differences: number }>("diff")).differences).toBe(0);
    expect(await project.json<Deployed>("deploy", "--real-time")).toMatchObject({ unchanged: true });

    const rolledBack = await project.json<Deployed>("rollback", "-m", "the test says so");
    expect(rolledBack).toMatchObject({ exitCode: 0 });
    await expect.poll(() => marks.slice(-10)).toEqual(Array.from({ length: 10 }, () => "old"));
    expect(failures).toEqual([]);
  });

  it("converges after kill -9 of the deployer during a release", async () => {
    const { marks, failures } = (client = watch(url, "/todos", codeOf));
    mark("newer");
    const running = project.start("deploy", "--real-time", "--verbose");
    await running.saw(/10 %/);
    running.process.kill("SIGKILL");
    await running.ended;
    const mixed = await project.json<Status>("status");
    expect(mixed.release.state).toBe("SHIFTING");

    const again = await project.json<Deployed>("deploy", "--real-time");
    expect(again).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    const { aliases } = await project.json<Status>("status");
    expect(aliases.every(({ live }) => live.additional === undefined)).toBe(true);
    await expect.poll(() => marks.at(-1)).toBe("newer");
    expect(failures).toEqual([]);
    expect(await project.json<Deployed>("deploy", "--real-time")).toMatchObject({ unchanged: true });
  });

  it("rolls back every alias on Ctrl-C", async () => {
    const before = await project.json<Status>("status");
    mark("newest");
    const running = project.start("deploy", "--real-time", "--verbose");
    await running.saw(/10 %/);
    running.process.kill("SIGINT");
    expect((await running.ended).exitCode).toBe(130);
    const after = await project.json<Status>("status");
    expect(after.release.state).toBe("ROLLED_BACK");
    expect(after.aliases.map(({ live }) => live)).toEqual(before.aliases.map(({ live }) => live));
  });
});
