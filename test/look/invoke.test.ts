import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runInvoke } from "../../lib/cli/verbs/invoke-run.ts";
import { runLogs } from "../../lib/cli/verbs/logs-run.ts";
import { type LookedAtApp, startLookedAtApp } from "./looked-at-app.ts";

const FILES = {
  "functions/shop.ts": `interface Event { readonly body?: string; readonly fail?: boolean; readonly version?: boolean }

function refuse(): never {
  throw new RangeError("refused");
}

export const handler = async (event: Event) => {
  console.log("called");
  if (event.fail === true) refuse();
  if (event.version === true) return process.env.VERSION;
  return { got: event, id: event.body === undefined ? undefined : JSON.parse(event.body).id };
};
`,
  "functions/order.json": '{ "from": "a file" }',
};

const SOURCE = {
  version: 1,
  before: 'new Function(stack, "Shop", { entry: "functions/shop.ts", functionName: "shop" });',
};

interface Called {
  readonly answer?: unknown;
  readonly requestId: string;
  readonly version: string;
  readonly error?: { readonly type: string; readonly message: string; readonly stack: readonly string[] };
  readonly report?: { readonly durationMs: number; readonly maxMemoryMb: number };
}

let shop: LookedAtApp;

beforeAll(async () => {
  shop = await startLookedAtApp(FILES, SOURCE);
});

afterAll(() => shop.stop());

async function invoke(options: Readonly<Record<string, unknown>>) {
  const { document, ...result } = await shop.app.run(runInvoke, { function: "shop", ...options });
  return { ...result, called: document as Called };
}

describe("invoke", () => {
  it("shows the answer, the log, the version and the figures", async () => {
    const { called, exitCode, lines } = await invoke({ payload: '{"body":"{\\"id\\":3}"}' });
    expect(exitCode).toBe(0);
    expect(called).toMatchObject({ answer: { id: 3 }, version: "1", report: { durationMs: expect.any(Number) } });
    expect(lines?.slice(0, 2)).toEqual(["{", '  "got": {']);
    expect(lines?.at(-1)).toMatch(
      /^Wire\/Shop v1, request [0-9a-f-]{36}, took [\d.]+ ms, \d+ of 256 MB, cold start \d+ ms$/,
    );
    expect(shop.app.messages.filter(({ code }) => code === "FunctionLog").map(({ text }) => text)).toContain("called");
  });

  it("shows an error with its stack in TypeScript, and ends with 1", async () => {
    const { called, exitCode, lines } = await invoke({ payload: '{"fail":true}' });
    expect(exitCode).toBe(1);
    expect(called.error).toEqual({
      type: "RangeError",
      message: "refused",
      stack: [
        expect.stringMatching(/^at refuse \(functions\/shop\.ts:4:\d+\)$/),
        expect.stringMatching(/^at \w+ \(functions\/shop\.ts:9:\d+\)$/),
      ],
    });
    expect(lines?.slice(0, 2)).toEqual([
      "RangeError: refused",
      expect.stringContaining("    at refuse (functions/shop.ts:4:"),
    ]);
  });

  it("takes the event from a file, from a sample, and with values set", async () => {
    const file = await invoke({ file: "functions/order.json" });
    expect(file.called.answer).toEqual({ got: { from: "a file" } });
    const sample = await invoke({ event: "http-api", set: [{ path: "body.id", value: 7 }] });
    expect(sample.called.answer).toMatchObject({ id: 7, got: { version: "2.0", rawPath: "/orders" } });
    const empty = await invoke({});
    expect(empty.called.answer).toEqual({ got: {} });
  });

  it("replays an event that the local cloud kept", async () => {
    const first = await invoke({ payload: '{"body":"{\\"id\\":815}"}' });
    const again = await invoke({ replay: first.called.requestId.slice(0, 8) });
    expect(again.called.answer).toEqual(first.called.answer);
    expect(again.called.requestId).not.toBe(first.called.requestId);
    await expect(invoke({ replay: "no-such-request" })).rejects.toMatchObject({
      code: "EventNotKept",
      fix: expect.stringMatching(/of this one it has \d+/),
    });
  });

  it("leaves an event with Lambda, whose log can be followed by the request", async () => {
    const { called, lines } = await invoke({ async: true, payload: '{"body":"{\\"id\\":9}"}' });
    expect(called.answer).toBeUndefined();
    expect(lines?.[1]).toBe(`See how it went with \`tidegate logs --request-id ${called.requestId}\`.`);
    await expect
      .poll(async () => (await shop.app.run(runLogs, { requestId: called.requestId, lines: "9" })).lines?.join("\n"))
      .toContain("called");
  });

  it("only looks with --dry-run", async () => {
    const { called, lines } = await invoke({ dryRun: true });
    expect(lines).toEqual(["Wire/Shop:live may be called."]);
    expect(called).not.toHaveProperty("answer");
  });

  it("calls a version by its number, and what serves by default", async () => {
    await shop.deploy({
      ...SOURCE,
      version: 2,
      before: SOURCE.before.replace("functionName", "environment: { VERSION: '2' }, functionName"),
    });
    expect((await invoke({ payload: '{"version":true}' })).called).toMatchObject({ version: "2", answer: "2" });
    const old = await invoke({ payload: '{"version":true}', version: "1" });
    expect(old.called).toMatchObject({ version: "1", answer: null });
    expect((await invoke({ version: "stable" })).called.version).toBe("2");
    await expect(invoke({ version: "99" })).rejects.toMatchObject({
      code: "InvokeRefused",
      message: expect.stringContaining("Function not found"),
    });
  });

  it.each([
    [{ payload: "{id: 7}" }, "PayloadNotJson", "The payload is not JSON"],
    [{ payload: "{}", event: "sqs" }, "UsageWrong", "the payload and --event are given together"],
    [{ event: "sqss" }, "UsageWrong", 'There is no event type "sqss". Did you mean sqs?'],
    [{ file: "missing.json" }, "UsageWrong", "The file of --file cannot be read"],
    [{ async: true, dryRun: true }, "UsageWrong", "--async and --dry-run are given together"],
    [{ function: "shpo" }, "NameUnknown", 'The app has no function "shpo". Did you mean Shop?'],
    [{ version: "newest" }, "UsageWrong", "Expected --version next, stable or a number"],
  ])("refuses %j", async (options, code, message) => {
    await expect(invoke(options)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
