import { build } from "esbuild";
import { afterEach, describe, expect, test, vi } from "vitest";
import { LinkMissingError, linksOf, resource } from "../../lib/runtime/runtime.ts";

/** As code sees it whose app has these links. */
const links = resource as Readonly<Record<string, Readonly<Record<string, string>>>>;

afterEach(() => vi.unstubAllEnvs());

describe("the resources of a function", () => {
  test("have what its links set", () => {
    vi.stubEnv("TIDEGATE_Orders_name", "shop-orders");
    vi.stubEnv("TIDEGATE_Jobs_arn", "arn:jobs");
    vi.stubEnv("TIDEGATE_Jobs_url", "https://jobs");
    expect(links["Orders"]).toEqual({ name: "shop-orders" });
    expect(links["Jobs"]).toEqual({ arn: "arn:jobs", url: "https://jobs" });
    expect(["Orders" in links, "Order" in links]).toEqual([true, false]);
    expect((linksOf as (path: string) => typeof links)("Shop/Work")["Orders"]).toEqual({ name: "shop-orders" });
  });

  test("fail for what the function is not linked to, and name its links", () => {
    vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "Shop-Work");
    vi.stubEnv("TIDEGATE_LOCAL_PORT", "4566");
    expect(() => links["Orders"]).toThrow(
      new LinkMissingError(
        "Shop-Work has no link named 'Orders'. Its links: none. Add link(fn, target) to the app and deploy it.",
      ),
    );
    vi.stubEnv("TIDEGATE_Jobs_arn", "arn:jobs");
    vi.stubEnv("TIDEGATE_Jobs_url", "https://jobs");
    vi.stubEnv("TIDEGATE_News_arn", "arn:news");
    expect(() => links["Orders"]).toThrow("Its links: Jobs, News.");
  });
});

test("the runtime adds less than a kilobyte to a function", async () => {
  const contents = 'import { resource } from "./lib/runtime/runtime.ts"; export const handler = () => resource.Orders;';
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  expect(outputFiles[0]!.contents.byteLength).toBeLessThan(1000);
});
