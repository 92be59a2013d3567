/**
 * A placeholder for one value of the recorded run: `<function-name:1>`, the account and the caller of the recording,
 * and the few names that were replaced without brackets.
 */
const PLACEHOLDER =
  /arn:<partition>:iam::1{12}:user\/<resource:\d+>|<(?:[^<>]|<[^<>]*>){1,80}>|\b1{12}\b|\b(?:[a-z]+_)+arn\b|\b(?:log_group|state_machine_alias|state_machine|activity|worker)_name\b|\bsqs_queue_url\b|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\blambda_function_name\b/g;
/** A whole value that was replaced by a word for it: `"Bucket": "bucket-name"`. */
const WORD =
  /^(?:[a-z]+[-_])+(?:name|arn|id|url)(?:_\d)?$|^(?:start-time|entered-time|generated-uuid|RandomNumberGenerated)$/;
/** What CloudFormation appends to a name that it makes up: 12 or 13 letters and digits. */
const RANDOM_SUFFIX = /-(?=\w*[A-Z])[A-Za-z0-9]{12,13}$/;
/** What a run appends to each name that it makes up; recordings leave it out in places. */
const RANDOM_NAME = /-[0-9a-f]{8}(?:(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\b/g;
/** Stand for any time. */
const TIMES = new Set(["date", "datetime", "timestamp", "time"]);

/** Members that each SDK gives at places of its own: compared where they are recorded. */
const OF_THE_CLIENT = new Set(["Type", "RequestId", "__type", "xmlns"]);

/** Headers, a text that the recording made of another one, and an older code that the SDK does not show. */
const OF_THE_TRANSPORT = new Set(["HTTPHeaders", "AllHttpHeaders", "HttpHeaders", "_normalized", "QueryErrorCode"]);

/** The values of the placeholders so far: the same placeholder has the same value everywhere. */
export type Bindings = Map<string, string>;

/** Where an answer differs from the recorded one: a line for each place, `path: AWS …, here …`. */
export function findDifferences(recorded: unknown, actual: unknown, bindings: Bindings, path = "$"): string[] {
  if (typeof recorded === "string") {
    return isReplaced(recorded, path) && actual !== undefined ? [] : compareText(recorded, actual, bindings, path);
  }
  const value = typeof actual === "string" && isComposite(recorded) ? parsed(actual) : actual;
  if (Array.isArray(recorded)) return compareLists(recorded, value, bindings, path);
  if (isRecord(recorded)) return compareRecords(recorded, value, bindings, path);
  if (recorded === null && (value === undefined || value === "")) return [];
  return recorded === value || String(recorded) === String(value) ? [] : [differs(path, recorded, value)];
}

/** Some values of a run were replaced by their member's name: `"EventId": "event-id"`. */
function isReplaced(recorded: string, path: string): boolean {
  if (WORD.test(recorded) || /^b'.*'$/.test(recorded)) return true;
  const member = /\.(\w+)$/.exec(path)?.[1];
  return member !== undefined && recorded === member.replaceAll(/(?<!^)(?=[A-Z])/g, "-").toLowerCase();
}

function compareText(recorded: string, actual: unknown, bindings: Bindings, path: string): string[] {
  if (TIMES.has(recorded)) return actual === undefined || isComposite(actual) ? [differs(path, recorded, actual)] : [];
  if (actual instanceof Date) return compareText(recorded, actual.toISOString(), bindings, path);
  const text = typeof actual === "string" ? actual : JSON.stringify(actual);
  if (recorded === "" && path.endsWith(".Payload") && (text === undefined || text === "null")) return [];
  if (text === undefined) return [differs(path, recorded, actual)];
  if (normalized(text) === normalized(recorded) || text.replaceAll(RANDOM_NAME, "") === recorded) return [];
  const inner = bothParsed(recorded, text);
  if (inner !== undefined) return findDifferences(...inner, bindings, path);
  const pattern = withTimes(recorded.replace(RANDOM_SUFFIX, "-<suffix>"));
  const names = pattern.match(PLACEHOLDER);
  if (names === null) return [differs(path, recorded, actual)];
  const literal = pattern.split(PLACEHOLDER).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const whole = new RegExp(`^${literal.join("([\\s\\S]*)")}$`);
  const found = whole.exec(text) ?? whole.exec(text.replaceAll(RANDOM_NAME, ""));
  if (found === null) return [differs(path, recorded, actual)];
  if (names.length > 1 || !/:\d+>$/.test(recorded) || !recorded.startsWith("<")) return [];
  const bound = bindings.get(recorded);
  bindings.set(recorded, text);
  return bound === undefined || bound === text ? [] : [differs(path, `${recorded} = ${bound}`, text)];
}

/** Texts that are JSON are compared by what they hold. */
function bothParsed(recorded: string, text: string): [unknown, unknown] | undefined {
  if (!/^\s*[[{]/.test(recorded) || !/^\s*[[{]/.test(text)) return undefined;
  const both: [unknown, unknown] = [parsed(recorded), parsed(text)];
  return both.every(isComposite) ? both : undefined;
}

/** A sentence in which names were replaced may have had a time, too. */
function withTimes(recorded: string): string {
  return recorded.includes("<") || /[A-Z]-date$/.test(recorded)
    ? recorded.replaceAll(/(?<=[- ])date(?=["\\ ]|$)/g, "<date>")
    : recorded;
}

/**
 * Without what depends on the client that recorded: the spaces that it writes into JSON, with the columns that AWS counts
 * in it, and the content type that it gives to a body.
 */
function normalized(text: string): string {
  if (text === "application/octet-stream") return "binary/octet-stream";
  if (/^\s*[[{]/.test(text)) return JSON.stringify(parsed(text));
  return text.replace(/\n at \[Source: [\s\S]*$/, "");
}

function compareLists(recorded: readonly unknown[], actual: unknown, bindings: Bindings, path: string): string[] {
  if (recorded.length === 0 && actual === undefined) return [];
  if (!Array.isArray(actual)) return [differs(path, recorded, actual)];
  if (recorded.length !== actual.length) return [firstUnequal(recorded, actual, bindings, path)];
  const inOrder = recorded.flatMap((one, index) => findDifferences(one, actual[index], bindings, `${path}[${index}]`));
  if (inOrder.length === 0) return [];
  // Recordings are partly sorted by other keys than AWS's order: what counts is that each has its equal.
  const left: unknown[] = [...actual];
  for (const one of recorded) {
    const equal = left.findIndex((other) => findDifferences(one, other, new Map(bindings), path).length === 0);
    if (equal === -1) return inOrder;
    left.splice(equal, 1);
  }
  return [];
}

function firstUnequal(
  recorded: readonly unknown[],
  actual: readonly unknown[],
  bindings: Bindings,
  path: string,
): string {
  const index = recorded.findIndex((one, at) => findDifferences(one, actual[at], new Map(bindings), path).length > 0);
  const at = index === -1 ? recorded.length : index;
  return `${path}: AWS has ${recorded.length}, here ${actual.length}; ${differs(`[${at}]`, recorded[at], actual[at])}`;
}

function compareRecords(recorded: Fields, actual: unknown, bindings: Bindings, path: string): string[] {
  if (!isRecord(actual)) {
    return Object.keys(recorded).length === 0 && actual === undefined ? [] : [differs(path, recorded, actual)];
  }
  const rest = new Map(Object.entries(actual).filter(([, value]) => value !== undefined));
  const differences: string[] = [];
  const compared = path.endsWith(".ResponseMetadata") ? { HTTPStatusCode: recorded["HTTPStatusCode"] } : recorded;
  for (const [key, value] of Object.entries(compared)) {
    if (OF_THE_TRANSPORT.has(key)) {
      rest.delete(key);
      continue;
    }
    // An error's own message, which each SDK keeps at a place of its own: `Error.Message` holds it.
    if ((key === "message" || key === "Message") && "Error" in recorded && !rest.has(key)) continue;
    // A body that was read before it was recorded.
    if (key === "Body" && value === "" && Number(recorded["ContentLength"] ?? 0) > 0 && rest.delete(key)) continue;
    const same = rest.has(key) ? key : [...rest.keys()].find((other) => isLike(key, other));
    differences.push(
      ...findDifferences(value, same === undefined ? undefined : rest.get(same), bindings, `${path}.${key}`),
    );
    if (same !== undefined) rest.delete(same);
  }
  for (const [key, value] of rest) {
    if (!isEmpty(value) && !OF_THE_CLIENT.has(key)) differences.push(differs(`${path}.${key}`, undefined, value));
  }
  return differences;
}

function isLike(recorded: string, actual: string): boolean {
  return (
    /^<.*>$/.test(recorded) || (recorded.includes("<") && compareText(recorded, actual, new Map(), "").length === 0)
  );
}

function differs(path: string, recorded: unknown, actual: unknown): string {
  return `${path}: AWS ${shown(recorded)}, here ${shown(actual)}`;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value) ?? "nothing").slice(0, 300);
}

type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function isComposite(value: unknown): boolean {
  return Array.isArray(value) || isRecord(value);
}

function isEmpty(value: unknown): boolean {
  return (Array.isArray(value) && value.length === 0) || (isRecord(value) && Object.keys(value).length === 0);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.startsWith("%7B") ? decodeURIComponent(text) : text) as unknown;
  } catch {
    return text;
  }
}
