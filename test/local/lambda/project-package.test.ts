import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startLambda } from "./lambda-fixture.ts";

it("code without a package.json does not take the project around the state folder for its package", async () => {
  const project = await mkdtemp(join(tmpdir(), "tidegate-module-project-"));
  await writeFile(join(project, "package.json"), '{ "type": "module" }');
  const fixture = await startLambda({ stateFolder: join(project, ".tidegate/local") });
  try {
    await fixture.make("plain", "module.exports.handler = async () => 'CommonJS, as on AWS'");
    expect((await fixture.call("plain")).payload).toBe("CommonJS, as on AWS");
  } finally {
    await fixture.cloud.stop();
    await rm(project, { recursive: true });
  }
});
