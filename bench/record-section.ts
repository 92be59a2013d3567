import { readFileSync, writeFileSync } from "node:fs";

const PAGE = new URL("../docs/reliability.md", import.meta.url);

/** Replaces what a bench once wrote into `docs/reliability.md`, between the marks of its name. */
export function recordSection(name: string, text: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no marks ${begin} and ${end}`);
  writeFileSync(PAGE, `${page.slice(0, from + begin.length)}\n\n${text.trim()}\n\n${page.slice(to)}`);
}
