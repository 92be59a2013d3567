import type { RunningCommand, TestProject } from "./project.ts";

/** An event of a dev session, as `--json` writes it. */
export interface DevEvent {
  readonly code: string;
  readonly level: string;
  readonly text: string;
  readonly data?: {
    readonly outputs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly functions?: readonly {
      readonly name: string;
      readonly path: string;
      readonly version?: string;
      readonly port?: number;
    }[];
    readonly durationMs?: number;
  };
}

/** A dev session of a test. */
export interface DevRun {
  readonly command: RunningCommand;
  readonly events: DevEvent[];
  /** The first event after those that were seen so far that has the code and the words. Marks it as seen. */
  next(code: string, words?: RegExp): Promise<DevEvent>;
  /** Interrupts it as Ctrl-C does. Returns its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `tidegate dev --json` in a project. */
export function startDev(project: TestProject, ...args: string[]): DevRun {
  const command = project.start("dev", "--json", ...args);
  const events: DevEvent[] = [];
  const watchers = new Set<() => void>();
  let partial = "";
  let seen = 0;
  command.process.stdout?.on("data", (chunk: string) => {
    const lines = `${partial}${chunk}`.split("\n");
    partial = lines.pop() ?? "";
    for (const line of lines) events.push(JSON.parse(line) as DevEvent);
    for (const look of watchers) look();
  });
  const next = (code: string, words = /(?:)/) =>
    new Promise<DevEvent>((resolve, reject) => {
      const look = () => {
        const index = events.findIndex((one, at) => at >= seen && one.code === code && words.test(one.text));
        const found = events[index];
        if (found === undefined) return;
        watchers.delete(look);
        seen = index + 1;
        resolve(found);
      };
      watchers.add(look);
      void command.ended.then(({ stdout, stderr }) => reject(new Error(`ended before ${code}:\n${stdout}\n${stderr}`)));
      look();
    });
  const stop = async () => {
    command.process.kill("SIGINT");
    return (await command.ended).exitCode;
  };
  return { command, events, next, stop };
}
