/** Everything that is needed to run one version of a function. Two specs with the same key may share instances. */
export interface FunctionSpec {
  /** Changes whenever code or configuration does. */
  readonly key: string;
  readonly account: string;
  readonly region: string;
  readonly functionName: string;
  /** A version number or `$LATEST`. */
  readonly version: string;
  /** For example `nodejs22.x`, `python3.12`, `provided.al2023`. */
  readonly runtime: string;
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** The unpacked code. */
  readonly codeFolder: string;
  /** The unpacked layers, one over the other: what is `/opt` on AWS. */
  readonly layersFolder?: string;
  readonly logging: LoggingSpec;
  /** The execution role, as which the function's log lines are written. */
  readonly roleArn: string;
  /** Of a session of the role. */
  readonly credentials: Credentials;
  /** The port on 127.0.0.1 where a debugger attaches. @default - the process has no inspector */
  readonly inspectPort?: number;
  /** Where the SDK in the function finds AWS: the local cloud's base URL. */
  readonly endpoint: string;
}

/** How and where the function logs. */
export interface LoggingSpec {
  readonly format: "Text" | "JSON";
  readonly group: string;
  readonly applicationLevel: string;
  readonly systemLevel: string;
}

/** What the function's SDK signs with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** One event for a function. */
export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: Uint8Array;
  /** The ARN that was called, with the alias or version where one was named. */
  readonly invokedArn: string;
  readonly traceId: string;
  readonly clientContext?: string;
  /** Gets the answer as it comes instead of at the end. A pending promise holds the function back. */
  readonly onChunk?: (chunk: Buffer, contentType: string) => Promise<void> | void;
  /** Collect the last 4 KB of the log. */
  readonly tail?: boolean;
}

/** How an invocation ended. */
export interface InvocationResult {
  readonly status: "success" | "failure" | "error" | "timeout";
  /** The answer, or AWS's error object. Empty where `onChunk` took it. */
  readonly payload: Buffer;
  readonly contentType: string;
  /** Set when the function failed, for example `Sandbox.Timedout` or the error's own name. */
  readonly errorType?: string;
  readonly durationMs: number;
  /** Resolves to the last 4 KB of the log, once the invocation's lines are all there. */
  readonly logTail: Promise<Buffer>;
}

/** Takes the log events of one instance. */
export interface LogSink {
  write(epochMs: number, message: string): void;
  /** A promise while the sink cannot take more; the function is held back until it resolves. */
  full(): Promise<void> | undefined;
}
