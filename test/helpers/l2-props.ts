import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSync } from "oxc-parser";

const LIBRARY = new URL("../../node_modules/aws-cdk-lib/", import.meta.url).pathname;

/** Where aws-cdk-lib declares an interface: a file without its extension, and the interface's name. */
export type L2Interface = `${string}#${string}`;

interface Declared {
  readonly own: readonly string[];
  readonly bases: readonly string[];
  readonly imports: ReadonlyMap<string, string>;
}

/** The names of all props of an interface of aws-cdk-lib, those of its bases too. */
export function readL2Props(where: L2Interface): string[] {
  const [file = "", name = ""] = where.split("#");
  const { own, bases, imports } = readInterface(file, name);
  const inherited = bases.flatMap((base) => {
    const [scope = "", member] = base.split(".");
    const from = imports.get(scope);
    if (from === undefined) return readL2Props(`${file}#${base}`);
    return readL2Props(`${findDeclaration(join(dirname(file), from), member ?? scope)}#${member ?? scope}`);
  });
  return [...new Set([...own, ...inherited])].toSorted();
}

function readInterface(file: string, name: string): Declared {
  const text = readFileSync(join(LIBRARY, `${file}.d.ts`), "utf8");
  const imports = new Map<string, string>();
  for (const statement of parseSync(`${file}.d.ts`, text).program.body) {
    if (statement.type === "ImportDeclaration") {
      for (const { local } of statement.specifiers) imports.set(local.name, statement.source.value);
    }
    if (statement.type !== "ExportNamedDeclaration") continue;
    const { declaration } = statement;
    if (declaration?.type !== "TSInterfaceDeclaration" || declaration.id.name !== name) continue;
    const own = declaration.body.body.flatMap((member) =>
      member.type === "TSPropertySignature" && member.key.type === "Identifier" ? [member.key.name] : [],
    );
    const bases = declaration.extends.map(({ expression: { start, end } }) => text.slice(start, end));
    return { own, bases, imports };
  }
  throw new Error(`aws-cdk-lib declares no interface ${name} in ${file}.d.ts`);
}

/** The file that declares what a file or a folder exports: its own, or one that its index exports everything of. */
function findDeclaration(path: string, name: string): string {
  for (const file of [path, join(path, "index"), join(path, "lib", "index")]) {
    const text = tryRead(file);
    if (text === undefined) continue;
    if (new RegExp(`export (?:declare )?interface ${name}\\b`).test(text)) return file;
    for (const [, from = ""] of text.matchAll(/export \* from ['"]([^'"]+)['"]/g)) {
      const found = join(dirname(file), from);
      if (new RegExp(`interface ${name}\\b`).test(tryRead(found) ?? "")) return found;
    }
  }
  throw new Error(`no file of ${path} declares ${name}`);
}

function tryRead(file: string): string | undefined {
  try {
    return readFileSync(join(LIBRARY, `${file}.d.ts`), "utf8");
  } catch {
    return undefined;
  }
}
