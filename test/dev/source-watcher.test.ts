import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SourceWatcher } from "../../lib/dev/source-watcher.ts";

let folder: string;
let changed: Set<string>;
let watcher: SourceWatcher;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-watch-"));
  mkdirSync(join(folder, "node_modules/some"), { recursive: true });
  mkdirSync(join(folder, "functions"));
  changed = new Set();
  watcher = new SourceWatcher({
    roots: [folder],
    isIgnored: (path) => basename(path) === "node_modules",
    onChange: (paths) => {
      for (const path of paths) changed.add(path);
    },
    onTrouble: (_folder, reason) => expect.unreachable(reason),
  });
});

afterEach(() => {
  watcher.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string): string {
  const file = join(folder, path);
  writeFileSync(file, `// ${Math.random()}`);
  return file;
}

describe("a watcher of sources", () => {
  it("reports files that are written, in folders that are made later too", async () => {
    const first = write("functions/a.ts");
    await expect.poll(() => changed).toContain(first);
    mkdirSync(join(folder, "functions/more/deep"), { recursive: true });
    const second = write("functions/more/deep/b.ts");
    await expect.poll(() => changed).toContain(second);
    changed.clear();
    write("functions/more/deep/b.ts");
    await expect.poll(() => changed).toContain(second);
  });

  it("leaves ignored folders out", async () => {
    const ignored = write("node_modules/some/index.js");
    const seen = write("functions/a.ts");
    await expect.poll(() => changed).toContain(seen);
    expect(changed).not.toContain(ignored);
  });

  it("reports a file that is gone, and a folder that is made again", async () => {
    const file = write("functions/a.ts");
    await expect.poll(() => changed).toContain(file);
    changed.clear();
    rmSync(join(folder, "functions"), { recursive: true });
    await expect.poll(() => changed).toContain(file);
    changed.clear();
    mkdirSync(join(folder, "functions"));
    const again = write("functions/a.ts");
    await expect.poll(() => changed).toContain(again);
  });
});
