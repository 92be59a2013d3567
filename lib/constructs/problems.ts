import { Token } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** A rule about a value, with a message for a value that breaks it. */
export interface Rule<T> {
  /** True where the value is wrong. */
  readonly when: (value: T) => boolean;
  /** What is wrong, what was given, what is allowed, what to do next. */
  readonly message: (value: T) => string;
}

/** The messages of all rules that a value breaks. */
export function brokenRules<T>(value: T, rules: readonly Rule<T>[]): string[] {
  return rules.filter(({ when }) => when(value)).map(({ message }) => message(value));
}

/** Makes synthesis fail with these problems of a construct, reported together with all others of the app. */
export function addProblems(scope: IConstruct, problems: readonly string[]): void {
  if (problems.length > 0) scope.node.addValidation({ validate: () => [...problems] });
}

/** Adds a check that runs when the whole app is known. */
export function addCheck(scope: IConstruct, check: () => readonly string[]): void {
  scope.node.addValidation({ validate: () => [...check()] });
}

/** Whether a text is known when the app is synthesised: what only CloudFormation knows cannot be checked. */
export function isWritten(text: string | undefined): text is string {
  return text !== undefined && !Token.isUnresolved(text);
}
