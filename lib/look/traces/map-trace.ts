import type { SourceMap } from "node:module";
import { type Frame, parseFrame, placeOf, renderFrame } from "./frame.ts";
import { type FileCheck, sourcePath } from "./source-path.ts";

/** The source maps of a package, by the file that they are for, for example `index.mjs`. */
export type PackageMaps = ReadonlyMap<string, SourceMap>;

/** What a trace is mapped with. */
export interface TraceSources {
  /** Loads the source maps; only called for a trace that is not mapped yet. */
  readonly maps: () => Promise<PackageMaps>;
  readonly exists: FileCheck;
}

interface Mapped {
  readonly frame: Frame;
  /** What the source calls the function that is called at this place. */
  readonly callee?: string;
}

/**
 * Rewrites the frames of a stack trace so that they name the user's TypeScript, by paths below the project's folder. Frames
 * of Node.js and of Lambda's runtime are left out, and so is everything that called the handler. Lines that are not
 * JavaScript frames are kept.
 */
export async function mapTrace(stack: readonly string[], { maps, exists }: TraceSources): Promise<string[]> {
  const frames = stack.map((line) => ({ line, frame: parseFrame(line) }));
  const isRaw = frames.some(({ frame }) => frame !== undefined && placeOf(frame).kind === "package");
  const loaded: PackageMaps = isRaw ? await maps() : new Map();
  const mapped: (Mapped | string)[] = [];
  for (const { line, frame } of frames) {
    if (frame === undefined) {
      if (!line.includes("<anonymous>")) mapped.push(shorten(line));
      continue;
    }
    const place = placeOf(frame);
    if (place.kind === "runtime" && isHandlerCall(frame)) break;
    if (place.kind !== "runtime") mapped.push(mapFrame(frame, place, loaded, exists));
  }
  return mapped.map((one, index) => (typeof one === "string" ? one : renderFrame(named(one, mapped[index + 1]))));
}

/** Below a frame of Lambda's runtime there is only how it calls handlers; Node.js has frames in the middle. */
function isHandlerCall({ file }: Frame): boolean {
  return !file.startsWith("node:");
}

function mapFrame(
  frame: Frame,
  place: Exclude<ReturnType<typeof placeOf>, { kind: "runtime" }>,
  maps: PackageMaps,
  exists: FileCheck,
): Mapped {
  if (place.kind === "source") return { frame: { ...frame, file: sourcePath(place.path, exists) } };
  if (place.kind === "other") return { frame };
  const origin = maps.get(place.path)?.findOrigin(frame.line, frame.column);
  if (origin === undefined || !("fileName" in origin)) return { frame: { ...frame, file: place.path } };
  const { fileName, lineNumber, columnNumber, name } = origin;
  const file = sourcePath(fileName, exists);
  return {
    frame: { ...frame, file, line: lineNumber, column: columnNumber },
    ...(name === undefined ? {} : { callee: name }),
  };
}

/** A minified function goes by the name under which the next frame calls it. */
function named({ frame }: Mapped, caller: Mapped | string | undefined): Frame {
  const callee = typeof caller === "object" ? caller.callee : undefined;
  if (callee === undefined || frame.call === undefined) return frame;
  return { ...frame, call: frame.call.startsWith("async ") ? `async ${callee}` : callee };
}

/** Frames of Python: `File "/var/task/app.py", line 3, in handler`. */
function shorten(line: string): string {
  return line.replace(/"(?:\/var\/task|[^"]*\/lambda\/code\/[0-9a-f]{64})\//, '"');
}
