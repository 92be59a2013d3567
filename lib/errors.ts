/** The details of an error besides its message. */
export interface ErrorDetail {
  /** What to do next, as one sentence. */
  readonly fix?: string;
  /** The construct's path in the app, for example `Todo/Api/Handler`. */
  readonly constructPath?: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * The base of every error that Tidegate throws on purpose. `code` is a unique PascalCase literal; the message
 * says what is wrong, what was given and what is allowed, and `fix` what to do next.
 */
export abstract class TidegateError extends Error {
  readonly code: string;
  readonly fix: string | undefined;
  readonly constructPath: string | undefined;

  constructor(code: string, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = new.target.name;
    this.code = code;
    this.fix = detail.fix;
    this.constructPath = detail.constructPath;
  }
}

/** The user's input, code or configuration is wrong: nothing was touched. */
export class UserError extends TidegateError {}

/** The user, or a signal on their behalf, stopped the command; or an approval was not given. */
export class AbortError extends TidegateError {}

/** What a remote service said when it refused. */
export interface RemoteErrorDetail extends ErrorDetail {
  /** The service's own error code, for example `ResourceNotFoundException`. */
  readonly remoteCode?: string;
  readonly requestId?: string;
  readonly statusCode?: number;
}

/** AWS (or the local cloud) said no: keeps its code and its request id. */
export class RemoteError extends TidegateError {
  readonly remoteCode: string | undefined;
  readonly requestId: string | undefined;
  readonly statusCode: number | undefined;

  constructor(code: string, message: string, detail: RemoteErrorDetail = {}) {
    super(code, message, detail);
    this.remoteCode = detail.remoteCode;
    this.requestId = detail.requestId;
    this.statusCode = detail.statusCode;
  }
}

/** Tidegate itself is wrong. */
export class BugError extends TidegateError {}
