import { EventPattern, toPlain } from "../../../../util/event-pattern/event-pattern.ts";
import type { Cloud } from "../../../service.ts";
import type { Collection } from "../../../state/store.ts";
import type { RuleRecord } from "../records.ts";

interface IndexedRule {
  readonly rule: RuleRecord;
  readonly pattern: EventPattern;
}

/** A bus's enabled rules, by the `source` or else the `detail-type` in their pattern. */
class BusIndex {
  readonly #bySource = new Map<string, IndexedRule[]>();
  readonly #byDetailType = new Map<string, IndexedRule[]>();
  readonly #others: IndexedRule[] = [];

  constructor(rules: readonly RuleRecord[]) {
    for (const rule of rules) {
      if (rule.state === "DISABLED" || rule.pattern === undefined) continue;
      this.#add({ rule, pattern: new EventPattern(rule.pattern) });
    }
  }

  #add(indexed: IndexedRule): void {
    const sources = indexed.pattern.exactValues("source");
    const values = sources ?? indexed.pattern.exactValues("detail-type");
    if (values === undefined) {
      this.#others.push(indexed);
      return;
    }
    const index = sources === undefined ? this.#byDetailType : this.#bySource;
    for (const value of new Set(values)) {
      const list = index.get(value);
      if (list === undefined) index.set(value, [indexed]);
      else list.push(indexed);
    }
  }

  *match(event: Readonly<Record<string, unknown>>): Iterable<RuleRecord> {
    const candidates = [
      this.#bySource.get(event["source"] as string),
      this.#byDetailType.get(event["detail-type"] as string),
      this.#others,
    ];
    const plain = toPlain(event);
    for (const list of candidates) {
      if (list === undefined) continue;
      for (const { rule, pattern } of list) if (pattern.matchesPlain(plain)) yield rule;
    }
  }
}

/** The rules, kept in the store and indexed in memory for matching. Keys are `region/bus/name`. */
export class RuleBook {
  readonly #records: Collection<RuleRecord>;
  readonly #indexes = new Map<string, BusIndex>();

  constructor(cloud: Cloud) {
    this.#records = cloud.store.collection("events.rules");
  }

  get(region: string, bus: string, name: string): RuleRecord | undefined {
    return this.#records.get(`${region}/${bus}/${name}`);
  }

  put(rule: RuleRecord): void {
    this.#records.put(`${rule.region}/${rule.bus}/${rule.name}`, rule);
    this.#indexes.delete(`${rule.region}/${rule.bus}`);
  }

  delete(rule: RuleRecord): void {
    this.#records.delete(`${rule.region}/${rule.bus}/${rule.name}`);
    this.#indexes.delete(`${rule.region}/${rule.bus}`);
  }

  /** The rules of a bus, by name. */
  list(region: string, bus: string, prefix = ""): RuleRecord[] {
    return this.#records.list(`${region}/${bus}/${prefix}`).map(([, rule]) => rule);
  }

  all(): RuleRecord[] {
    return this.#records.list().map(([, rule]) => rule);
  }

  /** The enabled rules that an event matches. */
  match(region: string, bus: string, event: Readonly<Record<string, unknown>>): Iterable<RuleRecord> {
    const key = `${region}/${bus}`;
    let index = this.#indexes.get(key);
    if (index === undefined) {
      index = new BusIndex(this.list(region, bus));
      this.#indexes.set(key, index);
    }
    return index.match(event);
  }
}
