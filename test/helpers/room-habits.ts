import { parseSource, type SourceFile } from "./parse-source.ts";

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const PRINTS = new Set(["console.log", "console.error", "console.warn", "console.info"]);
const PROCESS = new Set(["process.exit", "process.argv", "process.stdout.write", "process.stderr.write"]);

/** Whether the file prints, ends the process or reads its flags. Code that is only quoted does not count. */
export function speaks(file: SourceFile): boolean {
  if (!/\b(?:console|process)\b/.test(file.text)) return false;
  return nodesOf(file).some((node) => {
    if (node.type !== "MemberExpression") return false;
    const name = dotted(node);
    return PRINTS.has(name) || PROCESS.has(name);
  });
}

/** Whether the file makes a client of the AWS SDK. */
export function makesClients(file: SourceFile): boolean {
  if (!file.text.includes("@aws-sdk/client-")) return false;
  const { module } = parseSource(file);
  const clients = new Set(
    module.staticImports
      .filter(({ moduleRequest }) => moduleRequest.value.startsWith("@aws-sdk/client-"))
      .flatMap(({ entries }) => entries.map(({ localName }) => localName.value)),
  );
  return nodesOf(file).some((node) => {
    if (node.type !== "NewExpression") return false;
    const name = dotted(node["callee"] as Node);
    return clients.has(name) ? name.endsWith("Client") : /^import\(@aws-sdk\/client-[^)]*\)\.\w+Client$/.test(name);
  });
}

function nodesOf(file: SourceFile): Node[] {
  const found: Node[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== "object" || value === null) return;
    if (typeof (value as Node).type === "string") found.push(value as Node);
    Object.values(value).forEach(visit);
  };
  visit(parseSource(file).program);
  return found;
}

/** `a.b.c` of a chain of names. */
function dotted(node: Node): string {
  switch (node.type) {
    case "Identifier":
      return String(node["name"]);
    case "MemberExpression":
      return `${dotted(node["object"] as Node)}.${dotted(node["property"] as Node)}`;
    case "ParenthesizedExpression":
      return dotted(node["expression"] as Node);
    case "AwaitExpression":
      return dotted(node["argument"] as Node);
    case "ImportExpression":
      return `import(${String((node["source"] as Node)["value"])})`;
    default:
      return "";
  }
}
