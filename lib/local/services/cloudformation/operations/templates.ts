import type { Output, Input } from "../../../kit/operation-types.ts";
import type { ParameterDeclaration as ParameterTold } from "@aws-sdk/client-cloudformation";
import type { RequestContext } from "../../../service.ts";
import { inAwsTerms } from "../in-aws-terms.ts";
import { neededCapabilities } from "../prepare/capabilities.ts";
import { knowsAttribute } from "../prepare/carried.ts";
import { readTemplateSource } from "../prepare/template-source.ts";
import { checkTransforms } from "../prepare/transforms.ts";
import { resourceSchema } from "../schema/resource-schema.ts";
import { checkReferences } from "../../../../template/check-references.ts";
import { parseTemplateText } from "../../../../template/parse.ts";
import {
  buildTemplate,
  readTemplate,
  type ParameterDeclaration,
  type Template,
} from "../../../../template/template.ts";
import { locate } from "./change-sets.ts";
import { shownRevision } from "./describe-stacks.ts";
import type { CloudformationParts } from "./service.ts";

/** A stack's template, or a change set's: as sent, or as transforms left it. */
export function getTemplate(
  parts: CloudformationParts,
  input: Input<"cloudformation", "GetTemplate">,
  context: RequestContext,
): Output<"cloudformation", "GetTemplate"> {
  const revision =
    input.ChangeSetName === undefined
      ? shownRevision(parts, parts.store.require(context.region, input.StackName))
      : locate(parts, input.StackName, input.ChangeSetName, context).record.revision;
  const body = input.TemplateStage === "Processed" ? (revision?.processed ?? revision?.body) : revision?.body;
  return { TemplateBody: body ?? "", StagesAvailable: ["Original", "Processed"] };
}

/** Checks a template's form, and returns its parameters and capabilities. */
export async function validateTemplate(
  parts: CloudformationParts,
  input: Input<"cloudformation", "ValidateTemplate">,
  context: RequestContext,
): Promise<Output<"cloudformation", "ValidateTemplate">> {
  const text = await readTemplateSource(input, undefined, parts.cloud, context.region);
  const template = await inAwsTerms(() => {
    const raw = parseTemplateText(text);
    checkTransforms(raw);
    const read = buildTemplate(raw);
    checkReferences(read, knowsAttribute);
    return read;
  });
  return {
    Parameters: [...template.parameters.values()].map((parameter) => ({
      ParameterKey: parameter.name,
      DefaultValue: parameter.defaultValue,
      NoEcho: parameter.noEcho,
      Description: parameter.description,
    })),
    Description: template.description,
    DeclaredTransforms: transformNames(template),
    ...capabilityMembers(template),
  };
}

const FORMAT_VERSION = "2010-09-09";

function versionOf({ raw }: Template): string | undefined {
  return typeof raw.AWSTemplateFormatVersion === "string" ? raw.AWSTemplateFormatVersion : undefined;
}

/** What a template (given, or a stack's) declares. */
export async function getTemplateSummary(
  parts: CloudformationParts,
  input: Input<"cloudformation", "GetTemplateSummary">,
  context: RequestContext,
): Promise<Output<"cloudformation", "GetTemplateSummary">> {
  const text =
    input.StackName === undefined
      ? await readTemplateSource(input, undefined, parts.cloud, context.region)
      : (shownRevision(parts, parts.store.require(context.region, input.StackName))?.body ?? "{}");
  const template = await inAwsTerms(() => readTemplate(text));
  return {
    Parameters: [...template.parameters.values()].map(describeParameter),
    Description: template.description,
    ResourceTypes: [...new Set([...template.resources.values()].map((resource) => resource.type))],
    // A stack's template has a version, whether it was written in it or not.
    Version: versionOf(template) ?? (input.StackName === undefined ? undefined : FORMAT_VERSION),
    Metadata: template.metadata === undefined ? undefined : JSON.stringify(template.metadata),
    DeclaredTransforms: transformNames(template),
    ResourceIdentifierSummaries: identifiers(template),
    ...capabilityMembers(template),
  };
}

function describeParameter(parameter: ParameterDeclaration): ParameterTold {
  return {
    ParameterKey: parameter.name,
    DefaultValue: parameter.defaultValue,
    ParameterType: parameter.type,
    NoEcho: parameter.noEcho,
    Description: parameter.description,
    ParameterConstraints: { AllowedValues: parameter.allowedValues ? [...parameter.allowedValues] : undefined },
  };
}

function transformNames(template: Template): string[] | undefined {
  const names = template.transforms.map((item) =>
    typeof item === "string" ? item : String((item as { Name?: string }).Name),
  );
  return names.length > 0 ? names : undefined;
}

function capabilityMembers(
  template: Template,
): Pick<Output<"cloudformation", "ValidateTemplate">, "Capabilities" | "CapabilitiesReason"> {
  const { capabilities, types } = neededCapabilities(template);
  if (capabilities.length === 0) return {};
  return {
    Capabilities: capabilities as Output<"cloudformation", "ValidateTemplate">["Capabilities"],
    CapabilitiesReason: `The following resource(s) require capabilities: [${types.join(", ")}]`,
  };
}

function identifiers(
  template: Template,
): Output<"cloudformation", "GetTemplateSummary">["ResourceIdentifierSummaries"] {
  const byType = new Map<string, string[]>();
  for (const { type, logicalId } of template.resources.values())
    byType.set(type, [...(byType.get(type) ?? []), logicalId]);
  return [...byType].flatMap(([type, logicalIds]) => {
    const identifier = resourceSchema(type)?.primaryIdentifier ?? [];
    return identifier.length === 0
      ? []
      : [{ ResourceType: type, LogicalResourceIds: logicalIds, ResourceIdentifiers: [...identifier] }];
  });
}
