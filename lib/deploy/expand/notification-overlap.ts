import { isObject } from "../../template/is-object.ts";

/**
 * Whether S3 refuses two notifications together: they share an event type, and both their prefixes and their suffixes
 * overlap. What only the update knows, such as a prefix from a parameter, counts as overlapping.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export function notificationsOverlap(one: unknown, other: unknown): boolean {
  if (!eventsOf(one).some((event) => eventsOf(other).some((second) => eventsMeet(event, second)))) return false;
  const [a, b] = [filterOf(one), filterOf(other)];
  const startsAlike = meets(a.prefix, b.prefix, (long, short) => long.startsWith(short));
  return startsAlike && meets(a.suffix, b.suffix, (long, short) => long.endsWith(short));
}

/** The event types of an entry; an intrinsic function of the template counts as any. */
function eventsOf(entry: unknown): readonly unknown[] {
  if (!isObject(entry)) return [];
  const events = [entry["Event"], entry["Events"]].flat().filter((event) => event !== undefined);
  return events.length === 0 ? [entry] : events;
}

function eventsMeet(one: unknown, other: unknown): boolean {
  return meets(
    one,
    other,
    (wide, event) => wide === event || (wide.endsWith(":*") && event.startsWith(wide.slice(0, -1))),
  );
}

function meets(one: unknown, other: unknown, covers: (one: string, other: string) => boolean): boolean {
  if (typeof one !== "string" || typeof other !== "string") return true;
  return covers(one, other) || covers(other, one);
}

/** The filter of an entry, as `AWS::S3::Bucket` writes it or as the CDK's custom resource does. */
function filterOf(entry: unknown): { readonly prefix: unknown; readonly suffix: unknown } {
  const filter = memberOf(entry, "Filter");
  const rules = memberOf(memberOf(filter, "S3Key"), "Rules") ?? memberOf(memberOf(filter, "Key"), "FilterRules") ?? [];
  const valueOf = (wanted: string) => {
    if (!Array.isArray(rules)) return rules;
    const found: unknown = rules.find((rule) => String(memberOf(rule, "Name")).toLowerCase() === wanted);
    return found === undefined ? "" : memberOf(found, "Value");
  };
  return { prefix: valueOf("prefix"), suffix: valueOf("suffix") };
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
