import { isDeepStrictEqual } from "node:util";
import type { Template, TemplateResource } from "../../assembly/assembly.ts";
import { conditionsIn } from "./carried-names.ts";
import type { HeldResource } from "./expansion.ts";
import type { Replacement } from "./find-replaced.ts";
import type { Dependencies } from "./live-dependencies.ts";
import { canOutliveLogicalId } from "./physical-values.ts";

/** The property with which a template fixes a resource's name. */
const NAME_PROPERTY: Readonly<Record<string, string>> = {
  "AWS::DynamoDB::Table": "TableName",
  "AWS::Events::EventBus": "Name",
  "AWS::Events::Rule": "Name",
  "AWS::IAM::Role": "RoleName",
  "AWS::Kinesis::Stream": "Name",
  "AWS::Lambda::Function": "FunctionName",
  "AWS::Logs::LogGroup": "LogGroupName",
  "AWS::S3::Bucket": "BucketName",
  "AWS::SecretsManager::Secret": "Name",
  "AWS::SNS::Topic": "TopicName",
  "AWS::SQS::Queue": "QueueName",
  "AWS::SSM::Parameter": "Name",
  "AWS::StepFunctions::StateMachine": "StateMachineName",
};

/**
 * Types whose replacement no live version notices. Policies are unions and attached before the old ones go; a published
 * version keeps its layers; the others serve no request.
 */
const UNNOTICED =
  /^(Custom::|AWS::(CDK|CloudFormation|CloudWatch)::|AWS::IAM::(Managed)?Policy$|AWS::Lambda::(LayerVersion|Version)$|AWS::StepFunctions::StateMachineVersion$|AWS::ApiGateway(V2)?::Deployment$)/;

/** Whether a live version that depends on a resource can be hurt by its replacement. */
export function isNoticed({ type, logicalId }: Replacement, dependencies: Dependencies): boolean {
  return dependencies.has(logicalId) && !UNNOTICED.test(type);
}

/** Replacements after which the old resource cannot be kept, in sentences for people. */
export function unsplittableReplacements(
  deployed: Template,
  desired: Template,
  replacements: readonly Replacement[],
): string[] {
  return replacements.flatMap((replacement) => {
    const { logicalId, type, isCertain } = replacement;
    if (!isCertain || type === "AWS::Lambda::Permission") return [];
    const name = fixedName(deployed.Resources?.[logicalId]);
    if (name !== undefined && isDeepStrictEqual(name, fixedName(desired.Resources?.[logicalId]))) {
      return [
        `${logicalId} (${type}) has to be replaced and has the fixed name ${show(name)}: the old and the new one cannot exist at the same time. Give the new one another name`,
      ];
    }
    if (canOutliveLogicalId(type)) return [];
    return [`${logicalId} (${type}) has to be replaced, and its old resource cannot be kept until the promotion`];
  });
}

/** Held resources that cannot stay beside the new template, in sentences for people. */
export function unsplittableHeld(
  deployed: Template,
  desired: Template,
  held: Readonly<Record<string, HeldResource>>,
): string[] {
  return Object.keys(held).flatMap((id) => {
    const resource = deployed.Resources?.[id];
    return [...sameName(id, resource, deployed, desired), ...changedConditions(id, resource, deployed, desired)];
  });
}

function sameName(id: string, resource: TemplateResource | undefined, deployed: Template, desired: Template): string[] {
  const name = fixedName(resource);
  if (resource === undefined || name === undefined) return [];
  const twins = Object.entries(desired.Resources ?? {}).filter(
    ([other, { Type }]) => deployed.Resources?.[other] === undefined && Type === resource.Type,
  );
  return twins
    .filter(([, twin]) => isDeepStrictEqual(fixedName(twin), name))
    .map(
      ([other]) =>
        `${id} (${resource.Type}) and the new ${other} have the same fixed name ${show(name)}: they cannot exist at the same time. Keep the logical id, or give the new one another name`,
    );
}

function changedConditions(
  id: string,
  resource: TemplateResource | undefined,
  deployed: Template,
  desired: Template,
): string[] {
  return conditionsIn(resource)
    .filter((name) => desired.Conditions?.[name] !== undefined)
    .filter((name) => !isDeepStrictEqual(desired.Conditions?.[name], deployed.Conditions?.[name]))
    .map((name) => `${id} is needed until the promotion and depends on the condition ${name}, which changes`);
}

function fixedName(resource: TemplateResource | undefined): unknown {
  return resource?.Properties?.[NAME_PROPERTY[resource.Type] ?? ""];
}

function show(name: unknown): string {
  return typeof name === "string" ? name : JSON.stringify(name);
}
