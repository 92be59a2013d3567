import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runLogs } from "../../lib/cli/verbs/logs-run.ts";
import { type LookedAtApp, startLookedAtApp } from "./looked-at-app.ts";

const FILES = {
  "functions/deep/price.ts": `interface Order { readonly id: number }

export function priceOf(order: Order | undefined): number {
  if (order === undefined) throw new TypeError("there is no order");
  return order.id;
}
`,
  "functions/shop.ts": `import { priceOf } from "./deep/price.ts";

interface Event { readonly fail?: boolean; readonly id?: number }

export const handler = async (event: Event) => {
  console.log("got", event);
  process.stdout.write("raw line\\n");
  if (event.fail === true) return priceOf(undefined);
  console.warn("cheap");
  return event.id;
};
`,
};

const SOURCE = {
  version: 1,
  before: `
new Function(stack, "Shop", { entry: "functions/shop.ts", functionName: "shop" });
new Function(stack, "Bare", { entry: "functions/shop.ts", functionName: "bare", bundling: { sourceMap: false } });
`,
};

interface Shown {
  readonly events: readonly {
    readonly kind: string;
    readonly path: string;
    readonly version: string;
    readonly requestId?: string;
    readonly level?: string;
    readonly text: string;
    readonly error?: { readonly type: string; readonly stack: readonly string[] };
    readonly report?: { readonly durationMs: number; readonly maxMemoryMb: number; readonly status: string };
  }[];
}

let shop: LookedAtApp;
let failed: string;

beforeAll(async () => {
  shop = await startLookedAtApp(FILES, SOURCE);
  await shop.call("shop", { id: 7 });
  failed = await shop.call("shop", { fail: true });
  await shop.call("bare", { fail: true });
});

afterAll(() => shop.stop());

/** The log comes a moment after the answer: looks until the report of each request is there. */
async function logs(
  options: Readonly<Record<string, unknown>>,
  requests: number,
): Promise<Shown & { lines: string[] }> {
  return expect
    .poll(async () => {
      const { document, lines = [] } = await shop.app.run(runLogs, { lines: "1000", ...options });
      return { ...(document as Shown), lines: [...lines] };
    })
    .toSatisfy(({ events }: Shown) => events.filter(({ kind }) => kind === "report").length >= requests)
    .then(async () => {
      const { document, lines = [] } = await shop.app.run(runLogs, { lines: "1000", ...options });
      return { ...(document as Shown), lines: [...lines] };
    });
}

describe("logs", () => {
  it("merges the logs of all functions by time, with version, request and figures", async () => {
    const { events } = await logs({}, 3);
    expect(new Set(events.map(({ path }) => path))).toEqual(new Set(["Wire/Shop", "Wire/Bare"]));
    expect(events.every(({ version }) => version === "1")).toBe(true);
    const report = events.find(({ kind, requestId }) => kind === "report" && requestId === failed)?.report;
    expect(report).toMatchObject({ status: "error", durationMs: expect.any(Number), maxMemoryMb: expect.any(Number) });
    const raw = events.filter(({ text }) => text === "raw line");
    expect(raw.map(({ requestId }) => requestId)).toContain(failed);
  });

  it("shows the stack in TypeScript, and cuts off the runtime", async () => {
    const { events } = await logs({ functions: ["Shop"], errors: true }, 1);
    const stack = events.find(({ error }) => error !== undefined)?.error?.stack;
    expect(stack).toEqual([
      expect.stringMatching(/^at priceOf \(functions\/deep\/price\.ts:4:3[45]\)$/),
      expect.stringMatching(/^at \w+ \(functions\/shop\.ts:8:35\)$/),
    ]);
  });

  it("shows the package's file where there is no source map", async () => {
    const { events } = await logs({ functions: ["bare"], errors: true }, 1);
    const stack = events.find(({ error }) => error !== undefined)?.error?.stack;
    expect(stack).toHaveLength(2);
    expect(stack?.[0]).toMatch(/^at \w+ \(index\.mjs:\d+:\d+\)$/);
  });

  it("shows one request with every line of it", async () => {
    const { events } = await logs({ requestId: failed }, 1);
    expect(events.map(({ kind }) => kind)).toEqual(["start", "line", "line", "line", "report"]);
    // The console and standard output are two pipes: their lines may change places.
    const texts = events.map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(["got { fail: true }", "raw line", "TypeError: there is no order"]));
  });

  it("reads as lines: time, function, version, request, level", async () => {
    const { lines } = await logs({ functions: ["Wire/Shop"] }, 2);
    const text = lines.join("\n");
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \(UTC\)$/);
    expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} Wire\/Shop v1 [0-9a-f]{8}  WARN cheap$/m);
    expect(text).toMatch(/ {2}took [\d.]+ ms, \d+ of 256 MB, cold start \d+ ms$/m);
    expect(text).toContain(`ERROR TypeError: there is no order (request ${failed})\n    at priceOf (functions/deep/`);
    expect(text).not.toContain("START");
  });

  it("filters by a pattern of CloudWatch Logs, by version and by count", async () => {
    const { events } = await logs({ filter: '{ $.level = "WARN" }' }, 0);
    expect(events.map(({ text }) => text)).toEqual(["cheap"]);
    expect((await logs({ version: "2" }, 0)).events).toEqual([]);
    expect((await logs({ version: "stable" }, 3)).events.length).toBeGreaterThan(10);
    expect((await logs({ lines: "3" }, 0)).events).toHaveLength(3);
  });

  it("refuses names, versions and times that it does not know", async () => {
    const refused = (options: object) => shop.app.run(runLogs, { lines: "1000", ...options });
    await expect(refused({ functions: ["Shpo"] })).rejects.toMatchObject({
      code: "NameUnknown",
      message: 'The app has no function "Shpo". Did you mean Shop?',
      fix: "There are Wire/Bare, Wire/Check, Wire/Shop, Wire/Work.",
    });
    await expect(refused({ functions: ["Wire"] })).rejects.toMatchObject({ code: "NameAmbiguous" });
    await expect(refused({ version: "next" })).rejects.toMatchObject({
      message: expect.stringContaining("has no next version: no release is under way"),
    });
    await expect(refused({ since: "yesterday" })).rejects.toMatchObject({ code: "UsageWrong" });
  });

  it("follows until it is stopped, each event once", async () => {
    const stop = new AbortController();
    const from = shop.app.printed.length;
    const following = shop.app.run(
      runLogs,
      { functions: ["shop"], follow: true, since: "1d", lines: "9" },
      stop.signal,
    );
    const shown = () => shop.app.printed.slice(from);
    await expect.poll(() => shown().join("\n")).toContain("WARN cheap");
    await shop.call("shop", { id: 815 });
    await expect.poll(() => shown().join("\n")).toContain("got { id: 815 }");
    await expect.poll(() => shown().filter((line) => line.includes("took ")).length).toBe(2);
    stop.abort();
    expect((await following).exitCode).toBe(0);
    expect(shown().filter((line) => line.includes("got { id: 7 }"))).toHaveLength(1);
  });
});
