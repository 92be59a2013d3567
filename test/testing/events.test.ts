import { globSync } from "node:fs";
import { expect, it } from "vitest";
import { EVENT_SAMPLES } from "../../lib/events/samples.ts";
import * as kit from "../../lib/testing/testing.ts";

const root = new URL("../..", import.meta.url).pathname;

it("the kit has a builder for the event of every source, but a workflow's task, which receives any input", async () => {
  const modules = await Promise.all(
    globSync("lib/events/*.ts", { cwd: root }).map(async (path): Promise<object> => import(`${root}${path}`)),
  );
  const builders = modules.flatMap((one) => Object.keys(one)).filter((name) => name.endsWith("Event"));
  expect(Object.keys(kit)).toEqual(expect.arrayContaining(builders));
  const sources = EVENT_SAMPLES.map(({ name }) => name).filter((name) => name !== "step-functions");
  expect(builders.length).toBe(sources.length);
});
