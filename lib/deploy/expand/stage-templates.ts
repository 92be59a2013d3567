import type { StackView } from "../stack-view.ts";
import type { Template } from "../../assembly/assembly.ts";
import { parseTemplate, type ReadTemplate } from "../../assembly/read-template.ts";
import { desiredUrl, isInline } from "../template-source.ts";
import { expandTemplate } from "./expand-template.ts";
import { findReplaced } from "./find-replaced.ts";
import { liveDependencies, type OpenGrant, openGrantsOf } from "./live-dependencies.ts";

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
    return template === undefined ? view : stageTemplate(view, template, open);
  });
}

function stageTemplate(view: StackView, deployed: Template, open: readonly OpenGrant[]): StackView {
  const desired = view.desired.template;
  const dependencies = liveDependencies(deployed, open);
  // Members themselves are refused elsewhere, unless the user allows their replacement.
  const members = new Set(view.live.flatMap(({ member }) => [member.resource, member.alias]));
  const found = findReplaced(deployed, desired, view.physicalIds);
  const replacements = found.filter(({ logicalId }) => !members.has(logicalId));
  const contractUrl = isInline(view.desired) ? undefined : desiredUrl(view);
  const { physicalIds } = view;
  const expanded = expandTemplate({ deployed, desired, dependencies, replacements, physicalIds, contractUrl });
  const { template, problems } = expanded;
  const staged = template === desired ? view.desired : written(template);
  return { ...view, staged, stageProblems: problems };
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
