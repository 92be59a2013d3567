import { UNKNOWN } from "../../../../template/value-scope.ts";
import type { Checked } from "../../../kit/checked.ts";
import { randomUUID } from "node:crypto";
import type { Capability, Parameter, Tag } from "@aws-sdk/client-cloudformation";
import { AwsError } from "../../../aws-error.ts";
import type { Cloud } from "../../../service.ts";
import { inAwsTerms } from "../in-aws-terms.ts";
import type { ResourceRecord, Revision, StackRecord } from "../model.ts";
import { identityOf, planRevision, recordedValues, unknownMissing, type RevisionPlan } from "../plan.ts";
import { checkActiveReferences, checkReferences } from "../../../../template/check-references.ts";
import { settleParameters } from "../../../../template/parameters.ts";
import { checkRules } from "../../../../template/rules.ts";
import { buildTemplate } from "../../../../template/template.ts";
import { parseTemplateText } from "../../../../template/parse.ts";
import type { Caller } from "./caller.ts";
import { checkCapabilities } from "./capabilities.ts";
import { checkCarried, knowsAttribute } from "./carried.ts";
import { fetchSsmParameters } from "./ssm-parameters.ts";
import { readTemplateSource, type TemplateSource } from "./template-source.ts";
import { applyTransforms, checkExpansionAcknowledged, checkTransforms } from "./transforms.ts";

/** What a request to create or change a stack says of the stack's next revision. */
export interface RevisionRequest extends TemplateSource {
  readonly Parameters?: Parameter[];
  readonly Capabilities?: Capability[];
  readonly Tags?: Checked<Tag>[];
  readonly ResourceTypes?: string[];
}

/** The stack that a revision is prepared for, as it is, and who requested the revision. */
export interface RevisionContext {
  readonly stack: StackRecord;
  /** The revision whose template and parameter values the request may reuse. */
  readonly previous: Revision | undefined;
  readonly resources: ReadonlyMap<string, ResourceRecord>;
  readonly caller: Caller;
  /** The revision goes to the stack at once, without a change set that could be reviewed. */
  readonly isDirect?: boolean;
}

/** Everything that can be refused before anything is made is refused here; the rest is ready to be carried out. */
export function prepareRevision(
  request: RevisionRequest,
  context: RevisionContext,
  cloud: Cloud,
): Promise<{ revision: Revision; plan: RevisionPlan }> {
  return inAwsTerms(() => prepare(request, context, cloud));
}

async function prepare(
  request: RevisionRequest,
  { stack, previous, resources, caller, isDirect = false }: RevisionContext,
  cloud: Cloud,
): Promise<{ revision: Revision; plan: RevisionPlan }> {
  const body = await readTemplateSource(request, previous?.body, cloud, stack.region);
  const raw = parseTemplateText(body);
  checkTransforms(raw);
  if (isDirect) checkExpansionAcknowledged(raw, request.Capabilities ?? []);
  const fetchSsm = (names: readonly string[]) => fetchSsmParameters(cloud, stack.region, caller, names);
  const settle = (template: ReturnType<typeof buildTemplate>) =>
    settleParameters(template, request.Parameters ?? [], previous?.parameters ?? [], fetchSsm);
  const transformed = await applyTransforms(raw, settle, identityOf(stack, cloud.account));
  const template = buildTemplate(transformed ?? raw);
  checkReferences(template, knowsAttribute);
  checkResourceTypes(
    request.ResourceTypes,
    [...template.resources.values()].map((resource) => resource.type),
  );
  const revision: Revision = {
    id: randomUUID(),
    body,
    ...(transformed && { processed: JSON.stringify(transformed) }),
    parameters: await settle(template),
    tags: checkTags(request.Tags ?? previous?.tags ?? []),
    capabilities: request.Capabilities ?? [],
    description: template.description,
  };
  const plan = planRevision(
    revision,
    stack,
    cloud.account,
    recordedValues(resources, () => UNKNOWN, unknownMissing),
  );
  checkRules(template, plan.scope);
  checkActiveReferences(template, plan.active, (condition) => plan.scope.condition(condition));
  checkCarried(plan.active);
  checkCapabilities(plan, revision.capabilities);
  checkTypesStay(plan, resources);
  return { revision, plan };
}

function checkResourceTypes(allowed: readonly string[] | undefined, types: readonly string[]): void {
  if (!allowed || allowed.length === 0) return;
  const fits = (type: string) =>
    allowed.some((pattern) =>
      pattern.endsWith("*")
        ? type.startsWith(pattern.slice(0, -1)) && /::\*$|^AWS::\*$|^Custom::\*$/.test(pattern)
        : type === pattern,
    );
  const bad = types.find((type) => !fits(type));
  if (bad === undefined) return;
  throw new AwsError(
    "ValidationError",
    `Resource type ${bad} is not allowed by parameter ResourceTypes [${allowed.join(", ")}]`,
  );
}

function checkTags(tags: Checked<Tag>[]): Checked<Tag>[] {
  if (tags.length > 50)
    throw new AwsError(
      "ValidationError",
      "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    );
  const reserved = tags.find((tag) => tag.Key?.toLowerCase().startsWith("aws:"));
  if (reserved) throw new AwsError("ValidationError", `aws: prefixed tag key names are not allowed for external use.`);
  return tags.map((tag) => ({ Key: tag.Key, Value: tag.Value }));
}

/** A logical id keeps its type for as long as the resource is there. */
function checkTypesStay(plan: RevisionPlan, resources: ReadonlyMap<string, ResourceRecord>): void {
  const changed = [...plan.active.values()].filter((declaration) => {
    const record = resources.get(declaration.logicalId);
    return record?.live !== undefined && record.type !== declaration.type;
  });
  if (changed.length === 0) return;
  const names = changed.map((declaration) => declaration.logicalId).join(", ");
  throw new AwsError(
    "ValidationError",
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${names}]`,
  );
}
