/** The deepest nesting that Jackson reads, which AWS's services read JSON with: `StreamReadConstraints`. */
export const MAX_JSON_DEPTH = 1000;

/**
 * `JSON.parse` for untrusted text: also throws a `SyntaxError` for nesting deeper than 1,000 levels, so that callers
 * can walk the value recursively.
 */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError(`The JSON is nested deeper than ${MAX_JSON_DEPTH} levels`);
  return JSON.parse(text);
}

function isTooDeep(text: string): boolean {
  // Each level takes two characters at least.
  if (text.length <= MAX_JSON_DEPTH * 2) return false;
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (isInString && char === "\\") index++;
    else if (char === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (char === "{" || char === "[") {
      depth++;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (char === "}" || char === "]") depth--;
  }
  return false;
}
