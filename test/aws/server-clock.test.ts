import { describe, expect, it } from "vitest";
import { ServerClock } from "../../lib/aws/server-clock.ts";

const NOON = Date.UTC(2026, 0, 1, 12);
const header = (ms: number) => new Date(ms).toUTCString();

function clockWithHost() {
  const host = { ms: 1_000 };
  return { host, clock: new ServerClock(() => host.ms) };
}

describe("the endpoint's clock", () => {
  it("starts at the first Date header and counts the machine's time from there", () => {
    const { host, clock } = clockWithHost();
    clock.observe(header(NOON));
    host.ms += 2_500;
    expect(clock.now()).toBe(NOON + 2_500);
  });

  it("does not jump back to a header that was rounded down", () => {
    const { host, clock } = clockWithHost();
    clock.observe(header(NOON));
    host.ms += 1_900;
    clock.observe(header(NOON + 1_000));
    expect(clock.now()).toBe(NOON + 1_900);
  });

  it("follows an endpoint whose clock was sped up, and measures how fast it runs", () => {
    const { host, clock } = clockWithHost();
    for (let second = 0; second <= 10; second++) {
      clock.observe(header(NOON + second * 60_000));
      host.ms += 1_000;
    }
    expect(clock.now()).toBe(NOON + 10 * 60_000 + 1_000);
    expect(clock.rate).toBeGreaterThan(50);
  });

  it("sees no speed in the rounding of an ordinary clock", () => {
    const { host, clock } = clockWithHost();
    for (let ms = 0; ms < 20_000; ms += 70) {
      clock.observe(header(NOON + Math.floor(ms / 1_000) * 1_000));
      host.ms += 70;
    }
    expect(clock.rate).toBeLessThan(1.3);
  });

  it("ignores headers that are missing or unreadable", () => {
    const { clock } = clockWithHost();
    clock.observe(undefined);
    clock.observe("yesterday");
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
  });
});
