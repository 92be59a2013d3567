import type { Template } from "../../assembly/assembly.ts";
import { parseTemplate, type ReadTemplate } from "../../assembly/read-template.ts";
import type { StackView } from "../app-stacks.ts";
import { isInline, synthesizedUrl } from "../template-source.ts";
import { expandTemplate } from "./expand-template.ts";
import { liveDependencies, openGrantsOf } from "./live-dependencies.ts";

/**
 * The stacks of an app with the templates that a stage deploys. Nothing is held back where the app has no release: then
 * there is no promotion after which it could go.
 */
export function stageTemplates(views: readonly StackView[]): StackView[] {
  if (views.every(({ release }) => release === undefined)) return [...views];
  const deployed = new Map(views.map((view) => [view, tryDeployed(view)]));
  const open = [...deployed.values()].flatMap((template) => (template === undefined ? [] : openGrantsOf(template)));
  return views.map((view) => {
    const template = deployed.get(view);
    if (template === undefined) return view;
    const dependencies = liveDependencies(template, open);
    const contractUrl = isInline(view.desired) ? undefined : synthesizedUrl(view);
    const desired = view.desired.template;
    const expanded = expandTemplate({ deployed: template, desired, dependencies, contractUrl });
    return expanded === desired ? view : { ...view, staged: written(expanded) };
  });
}

/** The deployed template as far as it can be read: one that another tool wrote in YAML has no release of ours. */
function tryDeployed({ deployedTemplate = "" }: StackView): Template | undefined {
  try {
    return parseTemplate(deployedTemplate, "that is deployed");
  } catch {
    return undefined;
  }
}

function written(template: Template): ReadTemplate {
  return { text: JSON.stringify(template), template };
}
