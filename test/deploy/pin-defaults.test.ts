import { describe, expect, it } from "vitest";
import type { Template } from "../../lib/assembly/assembly.ts";
import { deployedText, withoutPinDefaults } from "../../lib/deploy/pin-defaults.ts";

const METADATA = {
  format: 1,
  app: "todo",
  policy: { name: "AllAtOnce", steps: [], finalBakeMs: 0 },
  members: [
    {
      path: "Todo/List",
      kind: "function",
      calls: [],
      shift: "policy",
      resource: "List",
      version: "ListVersion",
      alias: "ListAlias",
      aliasName: "live",
      parameter: "LiveVersionList",
    },
  ],
  hooks: [],
  alarms: [],
  keepVersions: 5,
} as const;

const synthesized: Template = {
  Metadata: { "Tidegate::Release": METADATA },
  Parameters: { LiveVersionList: { Type: "String", Default: "" }, Mode: { Type: "String", Default: "a" } },
  Resources: {},
};

describe("the template that is deployed", () => {
  it("has no default for a pin, so that no update takes it by accident, and keeps the app's own defaults", () => {
    expect(withoutPinDefaults(synthesized).Parameters).toEqual({
      LiveVersionList: { Type: "String" },
      Mode: { Type: "String", Default: "a" },
    });
    expect(JSON.parse(deployedText({ text: JSON.stringify(synthesized), template: synthesized }))).toEqual(
      withoutPinDefaults(synthesized),
    );
  });

  it("is the synthesized text to the letter where no pin has a default", () => {
    const bare = withoutPinDefaults(synthesized);
    expect(withoutPinDefaults(bare)).toBe(bare);
    expect(deployedText({ text: "as it was written", template: bare })).toBe("as it was written");
  });
});
