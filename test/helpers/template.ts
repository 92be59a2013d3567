import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { RELEASE_METADATA_KEY, type ReleaseMetadata } from "../../lib/assembly/release-metadata.ts";

/** Path of a small handler, from the repository's root. */
export const HELLO = "test/fixtures/handlers/hello.ts";

/** An app with one stack, for the stage `local` unless another context is given. */
export function testStack(context: Record<string, unknown> = { "tidegate:stage": "local" }): {
  app: App;
  stack: Stack;
} {
  // Checking every template costs more than all else; one test of the whole app has it on.
  process.env["CDK_VALIDATION"] = "false";
  const app = new App({ context });
  return { app, stack: new Stack(app, "Test") };
}

/** The template of a stack. Throws as synthesis does. */
export function templateOf(stack: Stack): Template {
  return Template.fromStack(stack);
}

/** The release metadata of a template. */
export function releaseOf(template: Template): ReleaseMetadata {
  return (template.toJSON() as { Metadata: Record<string, ReleaseMetadata> }).Metadata[RELEASE_METADATA_KEY]!;
}

/** The only resource of a type: its logical id and what the template says of it. */
export function onlyResource(template: Template, type: string): { id: string; properties: Record<string, unknown> } {
  const found = Object.entries(template.findResources(type));
  if (found.length !== 1) throw new Error(`expected one ${type}, found ${found.length}`);
  const [[id, resource]] = found as [[string, { Properties: Record<string, unknown> }]];
  return { id, properties: resource.Properties };
}

/** A template with the hashes of assets and versions replaced: what a snapshot compares. */
export function normalised(template: Template): unknown {
  const text = JSON.stringify(template.toJSON())
    .replaceAll(/[0-9a-f]{64}/g, "<asset>")
    .replaceAll(/(Version[0-9A-F]{8})[0-9a-f]{16}/g, "$1<version>");
  return JSON.parse(text);
}
