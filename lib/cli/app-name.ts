import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { readAssembly } from "../assembly/read-assembly.ts";
import { readTemplate, releaseMetadataOf } from "../assembly/read-template.ts";
import { UserError } from "../errors.ts";
import type { Project } from "../synth/project.ts";

type Options = Readonly<Record<string, unknown>>;

/**
 * The name that an app's journal goes by: what the command line says, or `tidegate.app` of `cdk.json`, or what the last
 * assembly says. Nothing is synthesised: a rollback must not need the sources.
 */
export function appNameOf(project: Project, options: Options, folder: string): string {
  const name = tryAppName(project, options, folder);
  if (name !== undefined) return name;
  throw new UserError(
    "AppNameUnknown",
    `Which app is meant? cdk.json has no context.tidegate.app, and ${outputOf(project, options, folder)} holds no release`,
    {
      fix: 'Add "tidegate": { "app": "<name>" } to the context in cdk.json, or say --name <app>.',
    },
  );
}

/** Undefined where nothing names the app: it may have nothing that is released. */
export function tryAppName(project: Project, options: Options, folder: string): string | undefined {
  if (typeof options["name"] === "string") return options["name"];
  const settings = project.context["tidegate"] as { readonly app?: unknown } | undefined;
  if (typeof settings?.app === "string") return settings.app;
  const output = outputOf(project, options, folder);
  return existsSync(join(output, "manifest.json")) ? nameInAssembly(output) : undefined;
}

function outputOf({ output }: Project, options: Options, folder: string): string {
  return typeof options["app"] === "string" ? resolve(folder, options["app"]) : output;
}

function nameInAssembly(folder: string): string | undefined {
  for (const stack of readAssembly(folder).stacks) {
    const app = releaseMetadataOf(readTemplate(stack).template)?.app;
    if (app !== undefined) return app;
  }
  return undefined;
}
