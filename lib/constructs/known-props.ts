import type { IConstruct } from "constructs";
import { tryFindNearestName } from "../util/nearest-name.ts";
import { addProblems } from "./problems.ts";

/** A table with the name of each prop of `T`: the compiler refuses one that lacks a name or has one too many. */
export type PropNames<T> = { readonly [Name in keyof T]-?: true };

/** Those of the named props of aws-cdk-lib's `T` that the installed version of aws-cdk-lib has. */
export type SharedProps<T, Names extends readonly PropertyKey[]> = Pick<T, Extract<keyof T, Names[number]>>;

/** The named props of those that were given: what is handed on to aws-cdk-lib as it is. */
export function pickProps<T extends object, Name extends keyof T>(props: T, names: readonly Name[]): Pick<T, Name> {
  const given = names.filter((name) => props[name] !== undefined).map((name) => [name, props[name]]);
  return Object.fromEntries(given) as Pick<T, Name>;
}

/**
 * Makes synthesis fail for props that the construct does not have. TypeScript refuses them in literals only, and Node.js
 * runs an app without checking its types. `where` names an options object, as in `bundling`.
 */
export function refuseUnknownProps(scope: IConstruct, props: object, known: readonly string[], where = ""): void {
  addProblems(scope, unknownPropProblems(props, known, where));
}

/** What is wrong with the names of props, each with the nearest name that is known. */
export function unknownPropProblems(props: object, known: readonly string[], where = ""): string[] {
  const prefix = where === "" ? "" : `${where}.`;
  return Object.keys(props)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = tryFindNearestName(name, known);
      const advice =
        nearest === undefined ? `Known props: ${known.toSorted().join(", ")}.` : `Did you mean '${nearest}'?`;
      return `${prefix}${name}: unknown prop. ${advice}`;
    });
}
