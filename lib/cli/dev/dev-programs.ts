import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { IoHost } from "../../io/message.ts";

/** Runs the project's own tests and shows their lines. Never rejects. */
export async function runProjectTests(folder: string, host: IoHost, signal: AbortSignal): Promise<void> {
  host.notify({ code: "DevTestStarted", level: "info", text: "npm test" });
  const child = spawn("npm", ["test", "--silent"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"], signal });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (text) =>
      host.notify({ code: "DevTestLine", level: "info", text, data: { line: text } }),
    );
  }
  const ended = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (exitCode, name) => resolve(exitCode ?? name ?? 1));
  });
  if (signal.aborted) return;
  const text = ended === 0 ? "The tests passed." : `The tests failed (${ended}).`;
  host.notify({ code: "DevTestEnded", level: ended === 0 ? "info" : "error", text, data: { exitCode: ended } });
}

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: "open", win32: "explorer" };

/** Opens an address in the browser, and shows it for terminals without one. */
export function openAddress(address: string, host: IoHost): void {
  host.notify({ code: "DevOpened", level: "info", text: address, data: { address } });
  const child = spawn(OPENERS[process.platform] ?? "xdg-open", [address], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
