import { validation } from "../errors.ts";

/** A composite alarm's rule as a tree. */
export type AlarmRule =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "state"; readonly state: AlarmStateName; readonly alarm: string }
  | { readonly kind: "not"; readonly rule: AlarmRule }
  | { readonly kind: "and" | "or"; readonly rules: readonly AlarmRule[] }
  | {
      readonly kind: "atLeast";
      readonly count: Quantity;
      readonly state: AlarmStateName;
      readonly negated: boolean;
      readonly alarms: readonly string[];
    };

type AlarmStateName = "ALARM" | "OK" | "INSUFFICIENT_DATA";
interface Quantity {
  readonly amount: number;
  readonly percent: boolean;
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[(),]|[^\s(),"']+)/y;
const MAX_LENGTH = 10_240;

/** Parses `ALARM("a") AND (OK(b) OR NOT TRUE)` and `AT_LEAST(2, ALARM, (a, b, c))`, or refuses it. */
export function parseAlarmRule(text: string): AlarmRule {
  if (text.length > MAX_LENGTH) throw validation(`AlarmRule must not be longer than ${MAX_LENGTH} characters`);
  return new RuleParser(text).read();
}

/** Whether the rule holds. `stateOf` returns the state of an alarm by its name or ARN. */
export function ruleHolds(rule: AlarmRule, stateOf: (alarm: string) => string | undefined): boolean {
  const holds = (one: AlarmRule) => ruleHolds(one, stateOf);
  switch (rule.kind) {
    case "constant":
      return rule.value;
    case "state":
      return stateOf(rule.alarm) === rule.state;
    case "not":
      return !holds(rule.rule);
    case "and":
      return rule.rules.every(holds);
    case "or":
      return rule.rules.some(holds);
    case "atLeast": {
      const matching = rule.alarms.filter((alarm) => (stateOf(alarm) === rule.state) !== rule.negated).length;
      const needed = rule.count.percent ? (rule.count.amount / 100) * rule.alarms.length : rule.count.amount;
      return matching >= needed;
    }
  }
}

/** The alarms that a rule names, as it writes them. */
export function alarmsOf(rule: AlarmRule): string[] {
  if (rule.kind === "state") return [rule.alarm];
  if (rule.kind === "not") return alarmsOf(rule.rule);
  if (rule.kind === "and" || rule.kind === "or") return rule.rules.flatMap(alarmsOf);
  return rule.kind === "atLeast" ? [...rule.alarms] : [];
}

class RuleParser {
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(text: string) {
    const end = text.trimEnd().length;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < end) {
      const match = TOKEN.exec(text);
      if (!match) throw invalid("it cannot be read");
      this.#tokens.push(match[1]!);
    }
  }

  read(): AlarmRule {
    const rule = this.#either();
    if (this.#at < this.#tokens.length) throw invalid(`'${this.#tokens[this.#at]}' is out of place`);
    return rule;
  }

  #either(): AlarmRule {
    const rules = [this.#both()];
    while (this.#takes("OR")) rules.push(this.#both());
    return rules.length === 1 ? rules[0]! : { kind: "or", rules };
  }

  #both(): AlarmRule {
    const rules = [this.#one()];
    while (this.#takes("AND")) rules.push(this.#one());
    return rules.length === 1 ? rules[0]! : { kind: "and", rules };
  }

  #one(): AlarmRule {
    if (this.#takes("NOT")) return { kind: "not", rule: this.#one() };
    if (this.#takes("(")) {
      const rule = this.#either();
      this.#wants(")");
      return rule;
    }
    const word = this.#next();
    if (word === "TRUE" || word === "FALSE") return { kind: "constant", value: word === "TRUE" };
    if (word === "AT_LEAST") return this.#atLeast();
    if (!isState(word)) throw invalid(`'${word}' is not an alarm state`);
    this.#wants("(");
    const alarm = unquoted(this.#next());
    this.#wants(")");
    return { kind: "state", state: word, alarm };
  }

  #atLeast(): AlarmRule {
    this.#wants("(");
    const count = quantityOf(this.#next());
    this.#wants(",");
    const negated = this.#takes("NOT");
    const state = this.#next();
    if (!isState(state)) throw invalid(`'${state}' is not an alarm state`);
    this.#wants(",");
    this.#wants("(");
    const alarms = [unquoted(this.#next())];
    while (this.#takes(",")) alarms.push(unquoted(this.#next()));
    this.#wants(")");
    this.#wants(")");
    return { kind: "atLeast", count, state, negated, alarms };
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw invalid("it ends too early");
    return token;
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #wants(token: string): void {
    if (!this.#takes(token)) throw invalid(`'${token}' is missing before '${this.#tokens[this.#at] ?? "the end"}'`);
  }
}

function isState(word: string): word is AlarmStateName {
  return word === "ALARM" || word === "OK" || word === "INSUFFICIENT_DATA";
}

function unquoted(token: string): string {
  if (/^[(),]$/.test(token)) throw invalid(`an alarm's name is missing before '${token}'`);
  return /^["']/.test(token) ? token.slice(1, -1).replaceAll(/\\(.)/g, "$1") : token;
}

function quantityOf(token: string): Quantity {
  const match = /^(\d+)(%?)$/.exec(token);
  if (!match || Number(match[1]) < 1) throw invalid(`'${token}' is not a count`);
  return { amount: Number(match[1]), percent: match[2] === "%" };
}

function invalid(why: string): Error {
  return validation(`Error in AlarmRule: ${why}.`);
}
