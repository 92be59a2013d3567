import type { KeyBound, PlacedVersion } from "../objects/object-table.ts";
import { invalidArgument } from "../errors.ts";

/** A page of a listing: entries and common prefixes together count against the limit. */
export interface ListingPage {
  readonly entries: readonly PlacedVersion[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  /** The last key or common prefix on the page: the next page begins behind it. */
  readonly last: string | undefined;
}

/** Where and what to list. */
export interface ListingQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  /** Keys up to this one (and everything under it, where it is a common prefix) were listed before. */
  readonly after: string;
}

/** Reads versions in order, from a bound on; may stop early. */
export type VersionReader = (from: KeyBound) => Iterable<PlacedVersion>;

/** Reads one page, rolling keys that share a stretch up to the delimiter into common prefixes. */
export function readPage(read: VersionReader, query: ListingQuery): ListingPage {
  const { prefix, delimiter, limit } = query;
  const entries: PlacedVersion[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  let from: KeyBound | undefined = firstBound(query);
  while (from !== undefined) {
    const bound: KeyBound = from;
    from = undefined;
    for (const version of read(bound)) {
      if (!version.key.startsWith(prefix)) break;
      if (entries.length + commonPrefixes.length >= limit) {
        return { entries, commonPrefixes, truncated: limit > 0, last };
      }
      const common = commonPrefixOf(version.key, prefix, delimiter);
      last = common ?? version.key;
      if (common === undefined) {
        entries.push(version);
        continue;
      }
      commonPrefixes.push(common);
      from = boundBehind(common);
      break;
    }
  }
  return { entries, commonPrefixes, truncated: false, last };
}

/** The first bound behind everything that begins with the prefix, in the order of UTF-8 bytes. */
export function boundBehind(prefix: string): KeyBound | undefined {
  const points = Array.from(prefix);
  while (points.length > 0) {
    const last = points.pop()!.codePointAt(0)!;
    if (last === 0x10ffff) continue;
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return { key: points.join("") + String.fromCodePoint(next), inclusive: true };
  }
  return undefined;
}

/** S3's limit: at most 1,000, and no negative number. */
export function readLimit(given: number | undefined, name: string): number {
  if (given !== undefined && given < 0) {
    throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, `${given}`);
  }
  return Math.min(given ?? 1000, 1000);
}

/** Encodes names for `EncodingType: "url"`, which keeps what XML cannot hold. */
export function nameEncoder(encodingType: string | undefined): (name: string) => string {
  if (encodingType === undefined) return (name) => name;
  if (encodingType !== "url") {
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType || null);
  }
  return (name) =>
    encodeURIComponent(name)
      .replaceAll("%2F", "/")
      .replaceAll("%20", "+")
      .replaceAll(/['()!~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function firstBound({ prefix, delimiter, after }: ListingQuery): KeyBound | undefined {
  if (after === "" || after < prefix) return { key: prefix, inclusive: true };
  const common = commonPrefixOf(after, prefix, delimiter);
  return common === after ? boundBehind(after) : { key: after, inclusive: false };
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "" || !key.startsWith(prefix)) return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}
