import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

/** A place in generated code or in a source; lines and columns from 0. */
interface Place {
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** A line of the user's TypeScript. */
export interface SourceLine {
  /** Absolute. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

interface Script {
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL?: string;
}

interface Notice {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A debugger that speaks the Chrome DevTools protocol, and reads source maps as an editor does. */
export class Debugger {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (notice: Notice) => void>();
  readonly #scripts: Script[] = [];
  readonly #paused: SourceLine[] = [];
  readonly #waiting: ((line: SourceLine) => void)[] = [];
  #sent = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(String(data)) as Notice));
  }

  /** Attaches to the inspector at a port, as soon as a process is there. Undefined where none is yet. */
  static async tryAttach(port: number): Promise<Debugger | undefined> {
    const listed = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
    if (listed === undefined) return undefined;
    const [first] = (await listed.json()) as { webSocketDebuggerUrl: string }[];
    const socket = new WebSocket(first?.webSocketDebuggerUrl ?? "");
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    const attached = new Debugger(socket);
    await attached.#send("Debugger.enable", {});
    return attached;
  }

  /** Sets a breakpoint at a line of TypeScript. */
  async breakAt(wanted: SourceLine): Promise<void> {
    for (const script of this.#scripts) {
      const map = mapOf(script);
      const place = map && findGenerated(script, map, wanted);
      if (place === undefined) continue;
      await this.#send("Debugger.setBreakpoint", { location: { scriptId: script.scriptId, ...place } });
      return;
    }
    throw new Error(`no script is made of ${wanted.file}: ${this.#scripts.map(({ url }) => url).join(", ")}`);
  }

  /** The line at which the process stops next, or stopped already. */
  paused(): Promise<SourceLine> {
    const [first] = this.#paused.splice(0, 1);
    return first === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(first);
  }

  async resume(): Promise<void> {
    await this.#send("Debugger.resume", {});
  }

  close(): void {
    this.#socket.close();
  }

  #send(method: string, params: object): Promise<unknown> {
    const id = ++this.#sent;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) =>
        error === undefined ? resolve(result) : reject(new Error(`${method}: ${JSON.stringify(error)}`)),
      );
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #take(notice: Notice): void {
    if (notice.id !== undefined) return this.#answers.get(notice.id)?.(notice);
    if (notice.method === "Debugger.scriptParsed") this.#scripts.push(notice.params as Script);
    if (notice.method !== "Debugger.paused") return;
    const { callFrames } = notice.params as { callFrames: { location: Place & { scriptId: string } }[] };
    const line = this.#lineOf(callFrames[0]?.location);
    const next = this.#waiting.shift();
    if (next === undefined) this.#paused.push(line);
    else next(line);
  }

  #lineOf(place: (Place & { scriptId: string }) | undefined): SourceLine {
    const script = this.#scripts.find(({ scriptId }) => scriptId === place?.scriptId);
    const map = script && mapOf(script);
    const entry = place && map?.findEntry(place.lineNumber, place.columnNumber);
    if (script === undefined || entry === undefined || !("originalSource" in entry)) return { file: "?", line: 0 };
    return { file: resolveSource(entry.originalSource), line: entry.originalLine + 1 };
  }
}

function mapOf({ url, sourceMapURL = "" }: Script): SourceMap | undefined {
  if (!url.startsWith("file:") || sourceMapURL === "" || sourceMapURL.startsWith("data:")) return undefined;
  const map = JSON.parse(readFileSync(fileURLToPath(new URL(sourceMapURL, url)), "utf8")) as {
    sources: string[];
    sourceRoot?: string;
  };
  const { sourceRoot = "", sources } = map;
  const absolute = { ...map, sourceRoot: "", sources: sources.map((source) => `${sourceRoot}${source}`) };
  return new SourceMap(absolute as unknown as ConstructorParameters<typeof SourceMap>[0]);
}

function resolveSource(source: string): string {
  return fileURLToPath(new URL(source, "file:///"));
}

function findGenerated({ url }: Script, map: SourceMap, { file, line }: SourceLine): Place | undefined {
  const code = readFileSync(fileURLToPath(url), "utf8").split("\n");
  for (const [lineNumber, text] of code.entries()) {
    for (let columnNumber = 0; columnNumber < text.length; columnNumber++) {
      const entry = map.findEntry(lineNumber, columnNumber);
      if (!("originalSource" in entry) || entry.originalLine !== line - 1) continue;
      if (resolveSource(entry.originalSource) === file) return { lineNumber, columnNumber };
    }
  }
  return undefined;
}
