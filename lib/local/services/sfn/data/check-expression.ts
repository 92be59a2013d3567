import jsonata from "jsonata";
import type { ExpressionCheck } from "../../../../util/asl/find-language-problems.ts";

/** What the parser makes of an expression (the library's own types leave half of it out). */
interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly steps?: readonly Node[];
  readonly arguments?: readonly Node[];
  readonly expressions?: readonly Node[];
  readonly expression?: Node;
  readonly lhs?: Node | readonly (readonly Node[])[];
  readonly rhs?: Node;
  readonly condition?: Node;
  readonly then?: Node;
  readonly else?: Node;
}

/**
 * Reads an expression without running it. Step Functions gives expressions no context item, and refuses those that
 * begin with a bare name (measured, https://github.com/floci-io/floci/issues/2670, as are the words).
 */
export const checkExpression: ExpressionCheck = (source) => {
  let name: string | undefined;
  try {
    name = bareNameIn(jsonata(source).ast() as unknown as Node);
  } catch (error) {
    // A parser's refusal, or brackets nested deeper than the stack.
    const { message = "The expression cannot be read" } = error as { message?: string };
    return { code: "INVALID_JSONATA_EXPRESSION", message };
  }
  if (name === undefined) return undefined;
  return {
    code: "UNSUPPORTED_JSONATA_EXPRESSION",
    message: `Reference to '${name}' at the top level is not supported.`,
  };
};

/** The first name that would be looked up in a context item that is not there. */
function bareNameIn(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (node.type === "path") {
    const first = node.steps?.[0];
    // What comes after the first step, and within its brackets, has that step's values for its context.
    return first?.type === "name" ? String(first.value) : bareNameIn(first);
  }
  // A function's body may be called with a context.
  if (node.type === "lambda") return undefined;
  const inner = [
    ...(node.arguments ?? []),
    ...(node.expressions ?? []),
    ...(Array.isArray(node.lhs) ? (node.lhs as readonly (readonly Node[])[]).flat() : [node.lhs as Node | undefined]),
    node.expression,
    node.rhs,
    node.condition,
    node.then,
    node.else,
  ];
  for (const one of inner) {
    const name = bareNameIn(one);
    if (name !== undefined) return name;
  }
  return undefined;
}
