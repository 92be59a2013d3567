/** Context keys in lower case, each with its values. They are read only where a condition or a variable needs them. */
export type RequestFacts = Pick<ReadonlyMap<string, readonly string[]>, "get">;

/** Fills in a text of a policy; undefined where a variable has no value, and so nothing can match. */
export type Expand = (text: string) => string | undefined;

/** Replace a literal `*` and `?`. Taken from the private use area, so that no policy contains them. */
const LITERAL_STAR = "\uE000";
const LITERAL_MARK = "\uE001";

/**
 * Expands `${aws:username}` and similar variables. A variable's value is never a wildcard, and neither are `${*}` and
 * `${?}`: both become characters that only `asLiteral` of the same text matches.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function variableExpander(version: string, facts: RequestFacts): Expand {
  return (text) => {
    if (version !== "2012-10-17" || !text.includes("${")) return text;
    let isKnown = true;
    const expanded = text.replaceAll(/\$\{([^}]*)\}/g, (_whole, inner: string) => {
      if (inner === "*" || inner === "?" || inner === "$") return asLiteral(inner);
      const [, key = "", fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inner) ?? [];
      const values = facts.get(key.toLowerCase()) ?? [];
      const value = values.length === 1 ? values[0] : fallback;
      isKnown &&= value !== undefined;
      return asLiteral(value ?? "");
    });
    return isKnown ? expanded : undefined;
  };
}

/** The text with its asterisks and question marks protected, to be matched against an expanded pattern. */
export function asLiteral(text: string): string {
  return text.replaceAll("*", LITERAL_STAR).replaceAll("?", LITERAL_MARK);
}

/** Undoes `asLiteral`, where an expanded text is compared as it is. */
export function asWritten(text: string): string {
  return text.replaceAll(LITERAL_STAR, "*").replaceAll(LITERAL_MARK, "?");
}
