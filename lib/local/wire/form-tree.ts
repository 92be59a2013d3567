/** A form's fields as a tree: `A.member.1.B=x` is under A, member, 1, B. */
export interface FormNode {
  value: string | undefined;
  readonly children: Map<string, FormNode>;
}

/** Reads `application/x-www-form-urlencoded` fields whose names are paths with dots. */
export function buildFormTree(fields: Iterable<readonly [name: string, value: string]>): FormNode {
  const root = emptyNode();
  for (const [name, value] of fields) {
    let node = root;
    for (const part of name.split(".")) {
      let next = node.children.get(part);
      if (next === undefined) {
        next = emptyNode();
        node.children.set(part, next);
      }
      node = next;
    }
    node.value = value;
  }
  return root;
}

/** The numbered children in the order of their numbers. */
export function numberedChildren(node: FormNode): FormNode[] {
  return [...node.children]
    .filter(([name]) => /^\d+$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function emptyNode(): FormNode {
  return { value: undefined, children: new Map() };
}
