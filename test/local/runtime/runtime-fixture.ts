import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FunctionHost } from "../../../lib/local/runtime/function-host.ts";
import type { FunctionSpec, Invocation, LogSink } from "../../../lib/local/runtime/function-spec.ts";

/** A host of functions without a cloud around it. */
export interface RuntimeFixture {
  readonly host: FunctionHost;
  /** Every log event so far. */
  readonly lines: string[];
  /** Writes the files and describes the function that they make. */
  spec(files: Record<string, string>, more?: Partial<FunctionSpec>): FunctionSpec;
  run(spec: FunctionSpec, event?: unknown, more?: Partial<Invocation>): Promise<Ran>;
  stop(): void;
}

export interface Ran {
  readonly status: string;
  readonly errorType: string | undefined;
  readonly payload: unknown;
  readonly durationMs: number;
}

export function startRuntime(sink?: (lines: string[]) => LogSink): RuntimeFixture {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "tidegate-runtime-")));
  const lines: string[] = [];
  const log = sink?.(lines) ?? {
    write: (_time: number, message: string) => lines.push(message),
    full: () => undefined,
  };
  const host = new FunctionHost({ now: () => Date.now(), openLog: () => log });
  return {
    host,
    lines,
    spec(files, more = {}) {
      const codeFolder = join(folder, randomUUID());
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(codeFolder, path)), { recursive: true });
        writeFileSync(join(codeFolder, path), text, { mode: 0o755 });
      }
      return { ...DEFAULTS, key: randomUUID(), codeFolder, ...more };
    },
    async run(spec, event = {}, more = {}) {
      const payload = Buffer.from(JSON.stringify(event));
      const result = await host.invoke(spec, {
        requestId: randomUUID(),
        payload,
        invokedArn: "arn:aws:lambda:us-east-1:000000000000:function:f",
        traceId: "Root=1-0-0",
        ...more,
      });
      await result.logTail;
      const text = result.payload.toString();
      return {
        status: result.status,
        errorType: result.errorType,
        payload: text === "" ? undefined : (JSON.parse(text) as unknown),
        durationMs: result.durationMs,
      };
    },
    stop() {
      host.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const DEFAULTS = {
  account: "000000000000",
  region: "us-east-1",
  functionName: "f",
  version: "$LATEST",
  runtime: "nodejs22.x",
  handler: "index.handler",
  memoryMb: 256,
  timeoutMs: 5000,
  environment: {},
  logging: { format: "Text", group: "/aws/lambda/f", applicationLevel: "INFO", systemLevel: "INFO" },
  roleArn: "arn:aws:iam::000000000000:role/test",
  credentials: { accessKeyId: "ASIALOCAL", secretAccessKey: "secret", sessionToken: "token" },
  endpoint: "http://127.0.0.1:1",
} as const;
