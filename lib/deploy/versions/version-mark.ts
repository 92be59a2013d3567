import type { Template, TemplateResource } from "../../assembly/assembly.ts";
import { isObject } from "../../template/is-object.ts";

/**
 * What a template says of a version that stays, under this key of its function's or workflow's `Metadata`. Without it, an
 * update that changes only how a value is written, or only an amount, would not be one: CloudFormation would keep the
 * old template, and each deploy would find the difference again.
 */
const MARK_KEY = "Tidegate::Version";

/** A version that stays. */
interface VersionMark {
  /** The logical id that the synthesized template has for it. */
  readonly synthesizedId: string;
  /** The provisioned concurrency that the deployer gives it, where that is not what it was published with; 0 for none. */
  readonly concurrency?: number;
}

/** The amount that CloudFormation gives a version when it publishes it. Undefined for none. */
export function publishedConcurrency(version: TemplateResource | undefined): number | undefined {
  const config = version?.Properties?.["ProvisionedConcurrencyConfig"];
  const amount = isObject(config) ? Number(config["ProvisionedConcurrentExecutions"]) : NaN;
  return Number.isFinite(amount) ? amount : undefined;
}

/** The function or workflow of a version that stays. */
export function markVersion(owner: TemplateResource, mark: VersionMark): TemplateResource {
  return { ...owner, Metadata: { ...owner.Metadata, [MARK_KEY]: mark } };
}

/** The template without marks, for people. */
export function withoutVersionMarks(template: Template): Template {
  const resources = Object.entries(template.Resources ?? {}).map(([id, resource]) => {
    const { Metadata, ...others } = resource;
    const { [MARK_KEY]: mark, ...left } = Metadata ?? {};
    if (mark === undefined) return [id, resource] as const;
    return [id, Object.keys(left).length === 0 ? others : { ...others, Metadata: left }] as const;
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

/** The amount that the version of a function is to have: undefined where its template says nothing of it. */
export function wantedConcurrency(
  owner: TemplateResource | undefined,
  version: TemplateResource | undefined,
): number | undefined {
  const mark = owner?.Metadata?.[MARK_KEY];
  const left = isObject(mark) ? mark["concurrency"] : undefined;
  return typeof left === "number" ? left : publishedConcurrency(version);
}
