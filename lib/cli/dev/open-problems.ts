import type { Message } from "../../io/message.ts";

/** What is wrong now, and stays on the screen until it is fixed. */
export class OpenProblems {
  readonly #texts = new Map<string, string>();

  /** Takes an event of the session into account. True where it is about a problem that stays on the screen. */
  observe({ code, text, data }: Message): boolean {
    if (code === "DevReady") this.#forget((key) => key !== "types");
    if (code === "DevLive") this.#forget((key) => key === "save" || keysOf(data).includes(key));
    if (code === "DevTypesRight") this.#texts.delete("types");
    const key = keyOf(code, data);
    if (key === undefined) return false;
    this.#texts.set(key, text);
    return true;
  }

  /** The lines of all problems. */
  lines(): string[] {
    return [...this.#texts.values()].flatMap((text) => text.split("\n"));
  }

  #forget(isFixed: (key: string) => boolean): void {
    for (const key of this.#texts.keys()) if (isFixed(key)) this.#texts.delete(key);
  }
}

function keyOf(code: string, data: unknown): string | undefined {
  if (code === "DevBuildFailed") return functionKey(data);
  if (code === "DevDeployFailed") return "deploy";
  if (code === "DevSaveFailed") return "save";
  return code === "DevTypeErrors" ? "types" : undefined;
}

function functionKey(data: unknown): string {
  return typeof data === "object" && data !== null && "path" in data ? `function ${String(data.path)}` : "function";
}

function keysOf(data: unknown): string[] {
  if (typeof data !== "object" || data === null || !("functions" in data)) return [];
  return Array.isArray(data.functions) ? data.functions.map(functionKey) : [];
}
