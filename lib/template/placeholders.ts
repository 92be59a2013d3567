/** A `${…}` of an `Fn::Sub` text. `${!Literal}` stays text, so it is not a placeholder. */
const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** The names in an `Fn::Sub` text in their order, without the literal ones (`${!Name}`). */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name.trim()).filter((name) => !name.startsWith("!"));
}

/** Replaces each placeholder of an `Fn::Sub` text by what `textFor` gives; `${!Name}` becomes `${Name}`. */
export function fillPlaceholders(text: string, textFor: (name: string) => string): string {
  return text.replace(PLACEHOLDER, (_match, inner: string) => {
    const name = inner.trim();
    return name.startsWith("!") ? `\${${name.slice(1)}}` : textFor(name);
  });
}
