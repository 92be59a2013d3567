import { createServer } from "node:net";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleProject, type TestProject } from "../helpers/project.ts";

let project: TestProject;

beforeAll(() => {
  project = exampleProject();
});

afterAll(() => project.remove());

describe("the command line", () => {
  it("fails with 2 on an unknown flag, and names the nearest one", async () => {
    const result = await project.tidegate("deploy", "--stge", "prod");
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toContain("unknown option '--stge'");
    expect(result.stderr).toContain("Did you mean --stage?");
  });

  it("fails with 2 on an unknown verb, and names the nearest one", async () => {
    const result = await project.tidegate("deploi");
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("Did you mean deploy?");
  });

  it("reports a mistyped flag to a script as a document", async () => {
    expect(await project.json("deploy", "--stge")).toMatchObject({
      exitCode: 2,
      error: { code: "UnknownFlag", message: expect.stringContaining("--stge"), blame: "user" },
    });
  });

  it("fails with 2 when a flag is given twice", async () => {
    const result = await project.tidegate("synth", "--stage", "local", "--stage", "local");
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("The flag --stage is given 2 times");
  });

  it("fails with 2 on an unknown stage, and lists those there are with a snippet to paste", async () => {
    const document = await project.json("deploy", "--stage", "prod");
    expect(document).toMatchObject({
      exitCode: 2,
      error: { code: "UnknownStage", message: 'There is no stage "prod"; there are: local' },
    });
    expect(JSON.stringify(document)).toContain("stages");
  });

  it("fails with 2 on an unknown rollout policy, and lists those there are", async () => {
    const { error } = await project.json<{ error: { message: string } }>("deploy", "--rollout", "Canary");
    expect(error.message).toContain("Canary10Percent5Minutes");
  });

  it("fails outside of a project, and says how to begin", async () => {
    mkdirSync(join(project.folder, "../tidegate-elsewhere"), { recursive: true });
    const result = await project.run(process.execPath, [
      "-e",
      `process.chdir("/"); process.argv.splice(1, 0, "tidegate", "synth"); import(${JSON.stringify(new URL("../../dist/bin/tidegate.js", import.meta.url).href)})`,
    ]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("There is no cdk.json in /");
  });

  it("shows its help and its version, and ends with 0", async () => {
    const help = await project.tidegate("--help");
    expect(help.exitCode).toBe(0);
    for (const verb of ["synth", "deploy", "rollback", "status", "destroy", "local"])
      expect(help.stdout).toContain(verb);
    expect((await project.tidegate("--version")).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe("the local cloud's verbs", () => {
  it("fail when the port is taken, and name its owner", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const { error } = await project.json<{ error: { code: string; message: string } }>(
      "local",
      "start",
      "--port",
      String(port),
    );
    server.close();
    expect(error.code).toBe("PortBusy");
    expect(error.message).toContain(String(port));
    expect(error.message).toContain(String(process.pid));
  });

  it("fail on a damaged state file, say which, and keep it", async () => {
    const folder = join(project.folder, ".tidegate/local");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "state.sqlite"),
      "this is not a database, and it is longer than a header would be".repeat(20),
    );
    const { error } = await project.json<{ error: { code: string; message: string; fix: string } }>("local", "start");
    expect(error.message).toContain("state.sqlite");
    expect(error.fix).toContain("local reset");
    expect((await project.json("local", "reset", "--yes")).exitCode).toBeUndefined();
  });

  it("start, tell where it is, move its clock, and stop", async () => {
    const started = await project.json<{ endpoint: string; pid: number }>("local", "start", "--clock-speed", "60");
    expect(await project.json("local", "status")).toMatchObject({
      running: true,
      endpoint: started.endpoint,
      pid: started.pid,
      clock: { speed: 60 },
    });
    expect(await project.json("local", "start")).toMatchObject({ endpoint: started.endpoint, startedMs: 0 });
    const before = await project.json<{ now: string }>("local", "clock");
    const after = await project.json<{ now: string }>("local", "clock", "--advance", "1d");
    expect(Date.parse(after.now) - Date.parse(before.now)).toBeGreaterThan(86_000_000);
    expect((await project.tidegate("local", "logs")).stdout).toContain("Started");
    expect(await project.json("local", "stop")).toEqual({ stopped: true });
    const stateFolder = join(project.folder, ".tidegate/local");
    expect(await project.json("local", "status")).toEqual({ running: false, stateFolder });
  });

  it("fail without a terminal where they would prompt, and change nothing", async () => {
    expect(await project.json("local", "reset")).toMatchObject({ exitCode: 4, error: { code: "ApprovalNeeded" } });
  });
});
