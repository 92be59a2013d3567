import { UserError } from "../../errors.ts";
import { tryFindNearestName } from "../../util/nearest-name.ts";

/** What names are given to: a thing of the app with the construct's path. */
export interface Named {
  readonly path: string;
  /** Its name at AWS. */
  readonly name: string;
}

const MAX_LISTED = 10;

/**
 * Finds one of the app's things by the construct's path, the name at AWS, the construct's id, or a part that only one of
 * them has. `kind` is the word for them, for example `function`. Throws a `UserError` that names the nearest, or all that
 * match.
 */
export function findNamed<T extends Named>(wanted: string, things: readonly T[], kind: string): T {
  for (const matches of [isExact, isId, isEnding, isPart]) {
    const [first, ...more] = things.filter((thing) => matches(thing, wanted));
    if (first === undefined) continue;
    if (more.length === 0) return first;
    throw ambiguous(wanted, [first, ...more], kind);
  }
  throw unknown(wanted, things, kind);
}

function isExact({ path, name }: Named, wanted: string): boolean {
  return path === wanted || name === wanted;
}

function isId({ path }: Named, wanted: string): boolean {
  return idOf(path).toLowerCase() === wanted.toLowerCase();
}

function isEnding({ path }: Named, wanted: string): boolean {
  return path.toLowerCase().endsWith(`/${wanted.toLowerCase()}`);
}

function isPart({ path, name }: Named, wanted: string): boolean {
  const part = wanted.toLowerCase();
  return path.toLowerCase().includes(part) || name.toLowerCase().includes(part);
}

function idOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function ambiguous(wanted: string, found: readonly Named[], kind: string): UserError {
  return new UserError("NameAmbiguous", `${JSON.stringify(wanted)} names ${found.length} ${kind}s: ${list(found)}`, {
    fix: "Give the whole path of one of them.",
  });
}

function unknown(wanted: string, things: readonly Named[], kind: string): UserError {
  if (things.length === 0) {
    return new UserError("NameUnknown", `The app has no ${kind}, so there is none called ${JSON.stringify(wanted)}`);
  }
  const nearest = tryFindNearestName(idOf(wanted), [...new Set(things.map(({ path }) => idOf(path)))]);
  const meant = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  return new UserError("NameUnknown", `The app has no ${kind} ${JSON.stringify(wanted)}.${meant}`, {
    fix: `There ${things.length === 1 ? "is" : "are"} ${list(things)}.`,
  });
}

function list(things: readonly Named[]): string {
  const shown = things.slice(0, MAX_LISTED).map(({ path }) => path);
  return `${shown.join(", ")}${things.length > MAX_LISTED ? `, and ${things.length - MAX_LISTED} more` : ""}`;
}
