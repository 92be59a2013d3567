import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Assembly, AssemblyStack, Template } from "../assembly/assembly.ts";
import { parseTemplate } from "../assembly/read-template.ts";
import { UserError } from "../errors.ts";
import { TEMPLATE_LIMITS, type LimitedSection } from "../template/limits.ts";
import type { IoHost } from "../io/message.ts";

const WARN_AT = 0.9;
const LARGEST_SHOWN = 5;

/** Refuses templates that exceed CloudFormation's limits, all in one error; warns of those close to a limit. */
export function checkTemplateLimits(assembly: Assembly, host: IoHost): void {
  const findings = assembly.stacks.flatMap((stack) => findingsOf(stack, assembly.folder));
  for (const { text, isOver } of findings) {
    if (!isOver) host.notify({ code: "TemplateNearLimit", level: "warn", text });
  }
  const over = findings.filter(({ isOver }) => isOver).map(({ text }) => text);
  if (over.length > 0) {
    throw new UserError("TemplateTooLarge", over.join("\n"), {
      fix: "Move some of these constructs into another stack.",
    });
  }
}

interface Finding {
  readonly text: string;
  readonly isOver: boolean;
}

function findingsOf(stack: AssemblyStack, folder: string): Finding[] {
  const content = readFileSync(stack.templatePath);
  const template = parseTemplate(content.toString("utf8"), relative(folder, stack.templatePath));
  const sizes = [
    { what: "bytes", count: content.length, limit: TEMPLATE_LIMITS.uploadedBytes },
    ...(["Resources", "Parameters", "Outputs", "Mappings"] as const).map((section) => ({
      what: section.toLowerCase(),
      count: countOf(template, section),
      limit: TEMPLATE_LIMITS.sections[section],
    })),
  ];
  return sizes
    .filter(({ count, limit }) => count >= limit * WARN_AT)
    .map(({ what, count, limit }) => ({
      isOver: count > limit,
      text: `${stack.displayName}: the template has ${count} ${what}; CloudFormation takes ${limit}. Largest: ${largest(stack, template)}`,
    }));
}

function countOf(template: Template, section: LimitedSection): number {
  return Object.keys((template as Record<LimitedSection, object | undefined>)[section] ?? {}).length;
}

/** The constructs right below the stack, by what they add to the template. */
function largest(stack: AssemblyStack, template: Template): string {
  const sizes = new Map<string, { resources: number; bytes: number }>();
  for (const [id, resource] of Object.entries(template.Resources ?? {})) {
    const path = stack.origins.get(id)?.constructPath ?? id;
    const name = path
      .split("/")
      .slice(0, stack.displayName.split("/").length + 1)
      .join("/");
    const size = sizes.get(name) ?? { resources: 0, bytes: 0 };
    sizes.set(name, {
      resources: size.resources + 1,
      bytes: size.bytes + Buffer.byteLength(JSON.stringify(resource)),
    });
  }
  return [...sizes]
    .sort(([, a], [, b]) => b.bytes - a.bytes)
    .slice(0, LARGEST_SHOWN)
    .map(([name, { resources, bytes }]) => `${name} (${resources} resources, ${bytes} bytes)`)
    .join(", ");
}
