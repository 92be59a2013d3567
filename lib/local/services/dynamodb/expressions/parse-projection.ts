import { checkNameDefined, checkReserved } from "./check-operand.ts";
import { parsePath, type Parser } from "./parse-operand.ts";
import { findOverlap } from "./path-overlap.ts";
import type { Placeholders } from "./placeholders.ts";
import type { Path } from "./syntax.ts";
import { expressionError, TokenReader } from "./tokens.ts";

const KIND = "ProjectionExpression";

/** Reads and checks `a, b.c, d[0]`. */
export function parseProjection(text: string, placeholders: Placeholders): Path[] {
  const tokens = new TokenReader(KIND, text);
  const parser: Parser = { tokens, placeholders, keywords: new Set() };
  const operands = [parsePath(parser)];
  while (tokens.takeSymbol(",")) operands.push(parsePath(parser));
  tokens.expectEnd();

  const fail = (message: string): never => {
    throw expressionError(KIND, message);
  };
  for (const operand of operands) checkReserved(operand, fail);
  for (const operand of operands) checkNameDefined(operand, fail);
  const paths = operands.map((operand) => operand.path);
  const overlap = findOverlap(paths);
  if (overlap !== undefined) fail(overlap);
  return paths;
}
