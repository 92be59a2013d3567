import type { AslState } from "./definition.ts";

/** A value that can never be valid, and where it is. */
export interface ValueProblem {
  readonly message: string;
  readonly location: string;
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const TEMPLATES = ["Parameters", "ResultSelector", "ItemSelector", "Assign"] as const;
const LONGEST_LABEL = 40;
/** No white space, wildcards, brackets, special or control characters (developer guide, "Distributed Map", "Label"). */
const LABEL = /^[^\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]+$/u;

/** Timestamps, templates and labels that could never be used. */
export function findValueProblems(state: AslState, language: string, at: string): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const timestamp = state["Timestamp"];
  if (state.Type === "Wait" && typeof timestamp === "string" && !isUsableTimestamp(timestamp)) {
    problems.push({ message: "String does not match RFC3339 timestamp", location: `${at}/Timestamp` });
  }
  const label = state["Label"];
  if (typeof label === "string" && (label.length > LONGEST_LABEL || !LABEL.test(label))) {
    const message = `Label must have 1 to ${LONGEST_LABEL} characters without white space, wildcards, brackets or control characters`;
    problems.push({ message, location: `${at}/Label` });
  }
  if (language === "JSONata") return problems;
  for (const field of TEMPLATES) findTemplateProblems(state[field], `${at}/${field}`, problems);
  return problems;
}

/** Expressions are worked out when the state runs. */
function isUsableTimestamp(text: string): boolean {
  return text.startsWith("{%") || (TIMESTAMP.test(text) && !Number.isNaN(Date.parse(text)));
}

function findTemplateProblems(template: unknown, at: string, problems: ValueProblem[]): void {
  if (typeof template !== "object" || template === null) return;
  for (const [name, value] of Object.entries(template)) {
    if (!name.endsWith(".$") || Array.isArray(template)) findTemplateProblems(value, `${at}/${name}`, problems);
    else if (typeof value !== "string" || !(value.startsWith("$") || isCall(value))) {
      const message = `The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call`;
      problems.push({ message, location: at });
    }
  }
}

/** A call of an intrinsic function whose texts and parentheses are closed. Runs over the text once. */
function isCall(text: string): boolean {
  if (!/^States\.[A-Za-z0-9]+\s*\(/.test(text)) return false;
  let depth = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const sign = text[index];
    if (sign === "\\") {
      if (isQuoted && !"'{}\\".includes(text[index + 1] ?? "")) return false;
      index++;
    } else if (sign === "'") isQuoted = !isQuoted;
    else if (!isQuoted && sign === "(") depth++;
    else if (!isQuoted && sign === ")") depth--;
  }
  return depth === 0 && !isQuoted && /\)\s*$/.test(text);
}
