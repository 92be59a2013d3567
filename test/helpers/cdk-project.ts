import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Message } from "../../lib/io/message.ts";
import { readProject, stageOf } from "../../lib/synth/project.ts";
import { synthesise } from "../../lib/synth/synthesise.ts";

/** A CDK project in a temporary folder, with this repository's packages. */
export interface CdkProject {
  readonly folder: string;
  readonly messages: Message[];
  write(path: string, content: string): void;
  synthesise(stage?: string, context?: Record<string, unknown>, signal?: AbortSignal): Promise<void>;
  remove(): void;
}

/** Makes a project. `lib` is the repository's own. */
export function cdkProject(cdkJson: Record<string, unknown>): CdkProject {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-project-"));
  const messages: Message[] = [];
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  const write = (path: string, content: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  write("cdk.json", JSON.stringify(cdkJson));
  write("package.json", '{"name":"demo","type":"module"}');
  return {
    folder,
    messages,
    write,
    async synthesise(stage = "local", context = {}, signal = new AbortController().signal) {
      const project = readProject(folder, { AWS_REGION: "eu-west-1" });
      await synthesise({
        project,
        stage: stageOf(project, stage),
        output: project.output,
        context,
        signal,
        host: { notify: (message) => void messages.push(message), ask: () => Promise.resolve(false) },
      });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
