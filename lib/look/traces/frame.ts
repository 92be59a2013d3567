/** A line of a JavaScript stack trace. */
export interface Frame {
  /** The function that was called, for example `handler` or `async handler`. */
  readonly call?: string;
  /** As the trace has it: a path or a `file:` URL. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Where the code of a frame comes from. */
export type FramePlace =
  /** A file of the package as it was deployed, for example `index.mjs`. */
  | { readonly kind: "package"; readonly path: string }
  /** A file that Node.js found by a source map: relative to the package's root, for example `../functions/list.ts`. */
  | { readonly kind: "source"; readonly path: string }
  /** Lambda's own code, or that of Node.js. */
  | { readonly kind: "runtime" }
  | { readonly kind: "other"; readonly path: string };

const FRAME = /^\s*at (?:(.+?) \()?((?:file:\/\/)?[^\s()][^()]*?):(\d+):(\d+)\)?$/;

/**
 * Where packages are unpacked: on AWS, and in the local cloud, which names each folder after the hash of its package.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html
 */
const PACKAGE = /^(?:\/var\/task|.*\/lambda\/code\/[0-9a-f]{64})\/(.+)$/;
/** What `..` leads to from there. */
const SOURCE = /^(?:\/var|.*\/lambda\/code)\/(.+)$/;
const RUNTIME = /^node:|^\/var\/(?:runtime|lang)\/|\/local\/runtime\/node\//;

/** Reads a line of a stack trace. Undefined where it names no place. */
export function parseFrame(line: string): Frame | undefined {
  const [, call, file, row, column] = FRAME.exec(line) ?? [];
  if (file === undefined) return undefined;
  return { file, line: Number(row), column: Number(column), ...(call === undefined ? {} : { call }) };
}

/** Finds out what kind of code a frame's file is. */
export function placeOf({ file }: Pick<Frame, "file">): FramePlace {
  const path = file.startsWith("file://") ? decodeURIComponent(file.slice("file://".length)) : file;
  if (RUNTIME.test(path)) return { kind: "runtime" };
  const inPackage = PACKAGE.exec(path)?.[1];
  if (inPackage !== undefined) return { kind: "package", path: inPackage };
  const source = SOURCE.exec(path)?.[1];
  if (source !== undefined) return { kind: "source", path: `../${source}` };
  return { kind: "other", path };
}

/** A frame as it is shown: `at list (functions/list.ts:3:9)`. */
export function renderFrame({ call, file, line, column }: Frame): string {
  const place = `${file}:${line}:${column}`;
  return call === undefined ? `at ${place}` : `at ${call} (${place})`;
}
