import { AttributeProblem } from "./attribute-problem.ts";

const SOURCE = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";

/** Reads an attribute that holds JSON, or says where it is broken as AWS's parser (Jackson) does. */
export function parseAttributeJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AttributeProblem(`${name}: failed to parse JSON. ${describeFault(text)}`);
  }
}

/** The position of the two common faults; others are reported without one. */
function describeFault(text: string): string {
  const token = /^\s*([A-Za-z_]\w*)/.exec(text);
  if (token !== null) {
    const column = token[0].length + 1;
    return `Unrecognized token '${token[1]}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')${at(column)}`;
  }
  const field = /^\s*\{\s*([^"}\s])/.exec(text);
  if (field !== null) {
    const character = field[1]!;
    const code = character.codePointAt(0);
    return `Unexpected character ('${character}' (code ${code})): was expecting double-quote to start field name${at(field[0].length)}`;
  }
  return "Unexpected end-of-input or character";
}

function at(column: number): string {
  return `\n at [Source: ${SOURCE}; line: 1, column: ${column}]`;
}
