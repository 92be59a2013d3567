import { isDeepStrictEqual } from "node:util";
import type { Template, TemplateResource } from "../../assembly/assembly.ts";
import { parseTemplate, type ReadTemplate, releaseMetadataOf } from "../../assembly/read-template.ts";
import type { ReleaseMember } from "../../assembly/release-metadata.ts";
import { versionedProperties } from "../../assembly/versioned-properties.ts";
import { namesIn } from "../expand/resource-graph.ts";
import { markVersion, publishedConcurrency } from "./version-mark.ts";
import { surelyDiffers } from "./surely-differs.ts";
import type { Resolve } from "./template-values.ts";

/** A template, and what its functions come to with the parameters of its stack. */
export interface ResolvedTemplate {
  readonly template: Template;
  readonly resolve: Resolve;
}

/** What a template is compared with, to find the versions that stay. */
export interface KeepVersionsInput {
  readonly synthesized: ReadTemplate;
  readonly resolve: Resolve;
  readonly deployed: ResolvedTemplate;
  /** Whether a member's version stays in any case: CloudFormation refused to publish another one. */
  readonly isRefused: (path: string) => boolean;
}

/**
 * The template with the deployed version of every function and workflow that the update does not surely change. A
 * version's logical id follows how its values are written. Where only the writing differs, Lambda has nothing to publish,
 * and CloudFormation fails: "Version already exists". A kept version may turn out to be an old one: what is
 * deployed is compared with it after the update, and published.
 *
 * Nor does CloudFormation change the provisioned concurrency of a version: it replaces the version, which fails for the
 * same reason. The amount is left to the deployer then. Returns `synthesized` itself where nothing is kept.
 */
export function keepVersions(input: KeepVersionsInput): ReadTemplate {
  const { synthesized, deployed } = input;
  const before = new Map((releaseMetadataOf(deployed.template)?.members ?? []).map((member) => [member.path, member]));
  const kept = (releaseMetadataOf(synthesized.template)?.members ?? []).flatMap((member): KeptVersion[] => {
    const old = before.get(member.path);
    return old !== undefined && isSameResource(old, member) && isKept(input, old, member)
      ? [{ ...member, oldVersion: old.version }]
      : [];
  });
  return kept.length === 0 ? synthesized : withKept(synthesized, deployed.template, kept);
}

/** A member of the synthesized template, with the logical id of the version that stays. */
type KeptVersion = ReleaseMember & { readonly oldVersion: string };

function isSameResource(old: ReleaseMember, { kind, resource }: ReleaseMember): boolean {
  return old.kind === kind && old.resource === resource;
}

function isKept(
  { synthesized, deployed, resolve, isRefused }: KeepVersionsInput,
  old: ReleaseMember,
  { path, resource, version }: ReleaseMember,
): boolean {
  const [from, to] = [deployed.template.Resources ?? {}, synthesized.template.Resources ?? {}];
  const [published, wanted] = [from[old.version], to[version]];
  if (published === undefined || wanted === undefined) return false;
  if (old.version === version) return !isDeepStrictEqual(published.Properties, wanted.Properties);
  if (to[old.version] !== undefined) return false;
  if (isRefused(path)) return true;
  const isResource = (name: string) => from[name] !== undefined || to[name] !== undefined;
  const contents = [contentsOf(from, resource, deployed.resolve), contentsOf(to, resource, resolve)];
  return !surelyDiffers(contents[0], contents[1], isResource);
}

/** What makes a version: the properties of the function or workflow, and the content of its layers. */
function contentsOf(resources: Readonly<Record<string, TemplateResource>>, id: string, resolve: Resolve): unknown {
  const own = resources[id];
  const layers = namesIn(own).filter((name) => resources[name]?.Type === "AWS::Lambda::LayerVersion");
  return resolve([
    versionedProperties(own?.Properties ?? {}),
    Object.fromEntries(layers.map((name) => [name, versionedContent(resources[name])])),
  ]);
}

function versionedContent(layer: TemplateResource | undefined): unknown {
  const { Content, ...others } = layer?.Properties ?? {};
  return versionedProperties({ ...others, Code: Content });
}

/** Logical ids are letters and digits. One with a hash in it is written nowhere but where it is meant. */
function withKept({ text }: ReadTemplate, deployed: Template, kept: readonly KeptVersion[]): ReadTemplate {
  const names = new Map(kept.map(({ version, oldVersion }) => [version, oldVersion]));
  const renamed = text.replaceAll(/[A-Za-z0-9]+/g, (word) => names.get(word) ?? word);
  const template = parseTemplate(renamed, "that is synthesized");
  const resources = { ...template.Resources };
  for (const { resource, version, oldVersion } of kept) {
    const [published, wanted] = [deployed.Resources?.[oldVersion], resources[oldVersion]];
    const owner = resources[resource];
    if (published === undefined || wanted === undefined || owner === undefined) continue;
    resources[oldVersion] = { ...wanted, Properties: published.Properties };
    const amount = publishedConcurrency(wanted);
    const concurrency = amount === publishedConcurrency(published) ? {} : { concurrency: amount ?? 0 };
    resources[resource] = markVersion(owner, { synthesizedId: version, ...concurrency });
  }
  const whole = { ...template, Resources: resources };
  return { text: JSON.stringify(whole), template: whole };
}
