import { describe, expect, it } from "vitest";
import { escapeControls } from "../../lib/util/escape-controls.ts";
import { redact } from "../../lib/util/redact.ts";

describe("text from outside", () => {
  it("cannot steer a terminal", () => {
    expect(escapeControls("a\u001b[31mred\u009b2J\u0007")).toBe("a\\x1b[31mred\\x9b2J\\x07");
    expect(escapeControls("two\nlines\tand a tab")).toBe("two\nlines\tand a tab");
  });

  it("shows no credentials", () => {
    expect(redact("key AKIAIOSFODNN7EXAMPLE here")).toBe("key [redacted] here");
    expect(redact("aws_secret_access_key = abc/def")).toBe("aws_secret_access_key = [redacted]");
    expect(redact("https://x/?X-Amz-Signature=abcdef&a=1")).toBe("https://x/?X-Amz-Signature=[redacted]&a=1");
  });
});
