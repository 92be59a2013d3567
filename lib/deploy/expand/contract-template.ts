import type { Template } from "../../assembly/assembly.ts";
import { CARRIED_SECTIONS, EXPANSION_KEY, expansionOf } from "./expansion.ts";

/**
 * The template as it was synthesized, from the expanded one that is deployed: what was held back goes, and what was
 * widened is as the app says. A template that is not expanded is returned as it is.
 */
export function contractTemplate(expanded: Template): Template {
  const expansion = expansionOf(expanded);
  if (expansion === undefined) return expanded;
  const { held, restore, sections } = expansion;
  const contracted: Record<string, unknown> = { ...expanded };
  setSection(contracted, "Metadata", without(expanded.Metadata, [EXPANSION_KEY]));
  setSection(contracted, "Resources", { ...without(expanded.Resources, Object.keys(held)), ...restore });
  for (const section of CARRIED_SECTIONS) {
    setSection(contracted, section, without(expanded[section], sections[section]));
  }
  return contracted;
}

/** A section that the expansion brought is left out, as in the synthesized template. */
function setSection(template: Record<string, unknown>, name: string, content: object): void {
  if (Object.keys(content).length > 0) template[name] = content;
  else delete template[name];
}

function without(section: Readonly<Record<string, unknown>> | undefined, names: readonly string[]): object {
  const gone = new Set(names);
  return Object.fromEntries(Object.entries(section ?? {}).filter(([name]) => !gone.has(name)));
}
