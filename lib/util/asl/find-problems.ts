import type { AslBranch, AslState } from "./definition.ts";
import { type ExpressionCheck, findLanguageProblems, type LanguageProblem } from "./find-language-problems.ts";
import { tryFindResourceProblem } from "./find-resource-problem.ts";
import { findValueProblems } from "./find-value-problems.ts";

/** What is wrong with a definition, and where. */
export interface AslProblem {
  readonly code: LanguageProblem["code"] | "MISSING_TRANSITION_TARGET" | "DUPLICATE_STATE_NAME";
  readonly message: string;
  /** A JSON pointer, for example `/States/Charge/Next`. */
  readonly location: string;
}

const TYPES = ["Pass", "Task", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"];
const ENDS_ITSELF = new Set(["Succeed", "Fail", "Choice"]);
const MOST_DEPTH = 40;

/**
 * Everything that keeps a definition from running: missing fields, unknown types, transitions to unknown states,
 * unreachable states, duplicate names. `check` reads JSONata expressions. Codes and messages are those of Step
 * Functions where they are known.
 */
export function findAslProblems(
  definition: unknown,
  type: "STANDARD" | "EXPRESS" = "STANDARD",
  check?: ExpressionCheck,
): AslProblem[] {
  const finder = new ProblemFinder(type, check);
  finder.branch(definition, "", 0);
  return finder.problems;
}

class ProblemFinder {
  readonly problems: AslProblem[] = [];
  readonly #type: "STANDARD" | "EXPRESS";
  readonly #check: ExpressionCheck | undefined;
  readonly #names = new Map<string, string>();
  /** Of the whole definition. */
  #language = "JSONPath";

  constructor(type: "STANDARD" | "EXPRESS", check: ExpressionCheck | undefined) {
    this.#type = type;
    this.#check = check;
  }

  branch(given: unknown, at: string, depth: number): void {
    if (!isObject(given)) return this.#schema("Expected value of type Object", at || "/");
    if (depth > MOST_DEPTH) return this.#schema(`States are nested more than ${MOST_DEPTH} deep`, at || "/");
    const missing = ["States", "StartAt"].filter((field) => given[field] === undefined);
    if (missing.length > 0) return this.#schema(`These fields are required: [${missing.join(", ")}]`, at || "/");
    const { States, StartAt } = given;
    if (!isObject(States) || Object.keys(States).length === 0)
      return this.#schema("At least one state is required", `${at}/States`);
    const branch = given as unknown as AslBranch;
    if (depth === 0) this.#language = branch.QueryLanguage ?? "JSONPath";
    if (typeof StartAt !== "string" || !Object.hasOwn(States, StartAt)) {
      this.#missingTarget("StartAt", StartAt, `${at}/StartAt`);
    }
    const reached = new Set<string>([String(StartAt)]);
    for (const [name, state] of Object.entries(branch.States)) {
      this.#state(name, state, branch, `${at}/States/${pointer(name)}`, reached, depth);
    }
    for (const name of Object.keys(branch.States)) {
      if (!reached.has(name))
        this.#add("MISSING_TRANSITION_TARGET", `State "${name}" is not reachable.`, `${at}/States/${pointer(name)}`);
    }
  }

  #state(name: string, given: unknown, branch: AslBranch, at: string, reached: Set<string>, depth: number): void {
    if (!isObject(given)) return this.#schema("Expected value of type Object", at);
    const state = given as unknown as AslState;
    const before = this.#names.get(name);
    if (before !== undefined) this.#add("DUPLICATE_STATE_NAME", `Duplicate State name: ${name}`, at);
    this.#names.set(name, at);
    if (name.length > 80) this.#schema("A state's name has at most 80 characters", at);
    if (!TYPES.includes(state.Type)) {
      const shown = JSON.stringify(state.Type) ?? "null";
      return this.#schema(`Value of field 'Type' must be one of [${TYPES.join(", ")}], got ${shown}`, `${at}/Type`);
    }
    this.#transitions(state, branch, at, reached);
    this.#fields(state, at);
    const language = state.QueryLanguage ?? this.#language;
    for (const { message, location } of findValueProblems(state, language, at)) this.#schema(message, location);
    this.problems.push(...findLanguageProblems(state, this.#language, at, this.#check));
    for (const [index, inner] of (state.Branches ?? []).entries()) {
      this.branch(inner, `${at}/Branches/${index}`, depth + 1);
    }
    for (const field of ["ItemProcessor", "Iterator"] as const) {
      if (state[field] !== undefined) this.branch(state[field], `${at}/${field}`, depth + 1);
    }
  }

  #transitions(state: AslState, branch: AslBranch, at: string, reached: Set<string>): void {
    const leads = (target: unknown, field: string, where: string) => {
      if (typeof target === "string" && Object.hasOwn(branch.States, target)) reached.add(target);
      else this.#missingTarget(field, target, where);
    };
    if (state.Next !== undefined) leads(state.Next, "Next", `${at}/Next`);
    if (state.Default !== undefined) leads(state.Default, "Default", `${at}/Default`);
    for (const [index, { Next }] of list(state.Choices).entries()) leads(Next, "Next", `${at}/Choices/${index}/Next`);
    for (const [index, { Next }] of list(state.Catch).entries()) leads(Next, "Next", `${at}/Catch/${index}/Next`);
    if (ENDS_ITSELF.has(state.Type)) {
      if (state.Next !== undefined || state.End !== undefined) {
        this.#schema(`Field is not supported: a ${state.Type} state has neither Next nor End`, at);
      }
    } else if ((state.Next === undefined) === (state.End !== true)) {
      this.#schema("These fields are required: exactly one of [Next, End]", at);
    }
  }

  #fields(state: AslState, at: string): void {
    const need = (field: string, fine: boolean) => {
      if (!fine) this.#schema(`These fields are required: [${field}]`, at);
    };
    if (state.Type === "Task") {
      const problem = tryFindResourceProblem(state.Resource, this.#type);
      if (problem !== undefined) this.#schema(problem, typeof state.Resource === "string" ? `${at}/Resource` : at);
    }
    if (state.Type === "Choice") need("Choices", list(state.Choices).length > 0);
    if (state.Type === "Parallel") need("Branches", Array.isArray(state.Branches));
    if (state.Type === "Map") need("ItemProcessor", (state.ItemProcessor ?? state.Iterator) !== undefined);
    if (state.Type === "Wait") {
      const ways = ["Seconds", "Timestamp", "SecondsPath", "TimestampPath"].filter((way) => state[way] !== undefined);
      if (ways.length !== 1)
        this.#schema("Exactly one of [Seconds, Timestamp, SecondsPath, TimestampPath] is required", at);
    }
    for (const [index, { ErrorEquals }] of [...list(state.Retry), ...list(state.Catch)].entries()) {
      if (!Array.isArray(ErrorEquals) || ErrorEquals.length === 0)
        this.#schema("These fields are required: [ErrorEquals]", `${at}/Retry/${index}`);
    }
  }

  #missingTarget(field: string, target: unknown, location: string): void {
    this.#add("MISSING_TRANSITION_TARGET", `Missing '${field}' target: ${String(target)}`, location);
  }

  #schema(message: string, location: string): void {
    this.#add("SCHEMA_VALIDATION_FAILED", message, location);
  }

  #add(code: AslProblem["code"], message: string, location: string): void {
    this.problems.push({ code, message, location });
  }
}

function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]).filter((item) => isObject(item)) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
