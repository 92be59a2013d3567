import { type Declaration, Visitor } from "oxc-parser";
import { parseSource, type SourceFile } from "./parse-source.ts";

/** What a file asks its readers to believe: assertions that the compiler does not check, and exports without a word. */
export interface FileFigures {
  readonly lines: number;
  /** `as` other than `as const`, and `!` after an expression. */
  readonly assertions: number;
  /** The exported declarations without a doc comment. */
  readonly undocumented: readonly string[];
}

/** Counts a file's assertions and undocumented exports. */
export function countFigures(file: SourceFile): FileFigures {
  const { program, comments } = parseSource(file);
  let assertions = 0;
  new Visitor({
    TSAsExpression: ({ typeAnnotation: { start, end } }) => {
      if (file.text.slice(start, end) !== "const") assertions += 1;
    },
    TSNonNullExpression: () => {
      assertions += 1;
    },
  }).visit(program);
  const docs = comments.filter(({ type, value }) => type === "Block" && value.startsWith("*"));
  const undocumented = new Set<string>();
  const documented = new Set<string>();
  for (const statement of program.body) {
    if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) continue;
    const isDocumented = docs.some(
      ({ end }) => file.text.slice(end, statement.start).trim() === "" && end < statement.start,
    );
    (isDocumented ? documented : undocumented).add(nameOf(statement.declaration));
  }
  return {
    lines: file.text.trimEnd().split("\n").length,
    assertions,
    // One overload's comment is enough.
    undocumented: [...undocumented].filter((name) => !documented.has(name)).map((name) => `${file.path}: ${name}`),
  };
}

function nameOf(declaration: Declaration): string {
  if (declaration.type === "VariableDeclaration") {
    const id = declaration.declarations[0]?.id;
    return id?.type === "Identifier" ? id.name : "a pattern";
  }
  const id = "id" in declaration ? declaration.id : undefined;
  return id?.type === "Identifier" ? id.name : "something without a name";
}

/** The assertions per thousand lines of each room; a room of the local cloud or a service counts by itself. */
export function assertionsByRoom(files: readonly SourceFile[]): ReadonlyMap<string, number> {
  const rooms = new Map<string, { lines: number; assertions: number }>();
  for (const file of files) {
    const { lines, assertions } = countFigures(file);
    const found = rooms.get(roomOf(file.path)) ?? { lines: 0, assertions: 0 };
    rooms.set(roomOf(file.path), { lines: found.lines + lines, assertions: found.assertions + assertions });
  }
  return new Map([...rooms].map(([room, { lines, assertions }]) => [room, (assertions / lines) * 1000]));
}

function roomOf(path: string): string {
  const [top = "", room = "", inner = "", service = ""] = path.split("/");
  if (room !== "local" || inner.includes(".")) return room.includes(".") ? top : `${top}/${room}`;
  return inner === "services" ? `${top}/${room}/${inner}/${service}` : `${top}/${room}/${inner}`;
}
