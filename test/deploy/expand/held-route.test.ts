import { setTimeout as sleep } from "node:timers/promises";
import { CfnOutput, Duration } from "aws-cdk-lib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Function, HttpApi, HttpAuth, Rollout } from "../../../lib/index.ts";
import { type BuildApp, type InlineApp, inlineCode, startInlineApp } from "../../helpers/inline-app.ts";

/** Clients of the live version still ask for a route that the new version drops. */

let app: InlineApp;

beforeAll(async () => {
  app = await startInlineApp();
});

afterAll(() => app.stop());

const withRoutes =
  (answer: string, routes: readonly string[]): BuildApp =>
  (stack, root) => {
    const code = inlineCode(`return { statusCode: 200, body: "${answer}" };`);
    const fn = new Function(stack, "Fn", { functionName: "routed", code });
    const api = new HttpApi(stack, "Api", { defaultAuthorizer: HttpAuth.none() });
    for (const route of routes) api.addRoute(route, fn);
    new CfnOutput(stack, "Url", { value: api.apiEndpoint });
    new Rollout(root, "Rollout", { policy: Rollout.canary({ percent: 50, bake: Duration.minutes(2) }) });
  };

test("a route that the new version drops answers until the promotion, and not after it", async () => {
  const first = await app.deploy(withRoutes("one", ["GET /kept", "GET /dropped"]));
  expect(first).toMatchObject({ exitCode: 0 });
  const url = (first.stacks[0]?.outputs["Url"] ?? "").replace(/\/$/, "");
  const get = async (path: string) => (await fetch(`${url}${path}`)).status;
  expect(await get("/dropped")).toBe(200);

  const statuses: number[] = [];
  const said = app.messages.length;
  const isPromoting = () => app.messages.slice(said).some(({ text }) => text.includes("PROMOTING"));
  const deploying = app.deploy(withRoutes("two", ["GET /kept"]));
  const limitMs = performance.now() + 90_000;
  while (!isPromoting() && performance.now() < limitMs) {
    statuses.push(await get("/dropped"));
    await sleep(5);
  }
  expect(await deploying).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(statuses.length).toBeGreaterThan(10);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await get("/dropped")).toBe(404);
  expect(await get("/kept")).toBe(200);
}, 120_000);
