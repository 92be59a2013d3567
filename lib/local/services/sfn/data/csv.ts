/** Reads delimited text (RFC 4180): quoted fields may hold delimiters, line ends and doubled quotes. */
export function* readCsv(text: string, delimiter: string): Generator<string[]> {
  let row: string[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const [field, end] = text[at] === '"' ? quoted(text, at + 1) : plain(text, at, delimiter);
    row.push(field);
    at = end;
    if (text[at] === delimiter) {
      at++;
      if (at === text.length) row.push("");
      else continue;
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    if (row.length > 1 || row[0] !== "") yield row;
    row = [];
  }
}

function plain(text: string, start: number, delimiter: string): [string, number] {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end++;
  return [text.slice(start, end), end];
}

function quoted(text: string, start: number): [string, number] {
  let field = "";
  for (let at = start; ;) {
    const end = text.indexOf('"', at);
    if (end < 0) return [field + text.slice(at), text.length];
    field += text.slice(at, end);
    if (text[end + 1] !== '"') return [field, end + 1];
    field += '"';
    at = end + 2;
  }
}
