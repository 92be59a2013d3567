import { createHash } from "node:crypto";
import type { ReleaseMetadata } from "../../lib/assembly/release-metadata.ts";
import { MINUTE } from "./rehearsal.ts";

/** What the rehearsed shop is made of. Each value that differs makes another template. */
export interface Shop {
  /** Code of each function, by name. */
  readonly functions: Readonly<Record<string, string>>;
  /** Definition of the state machine. @default - the shop has none */
  readonly flow?: string;
  /** Name of the queue that the functions write to. */
  readonly queue: string;
  /** The queue keeps its logical id: one of another name replaces it. @default - the old one is dropped */
  readonly replacesQueue?: boolean;
  /** Name of the queue in a nested stack. @default - the shop has no nested stack */
  readonly nested?: string;
  /** The template's own parameter, which the functions read. @default "a" */
  readonly mode?: string;
  readonly memory?: number;
  /** What the aliases say of themselves. @default - nothing */
  readonly aliasDescription?: string;
  /** A resource that is made last fails, so that the whole update is rolled back. */
  readonly fails?: boolean;
}

/** A template and what it names. */
export interface ShopTemplate {
  readonly text: string;
  /** The texts of nested templates, by URL. */
  readonly nested: ReadonlyMap<string, string>;
}

type Resource = Readonly<Record<string, unknown>>;

/** The template of a shop as the constructs would write it, with fewer resources. */
export function shopTemplate(shop: Shop): ShopTemplate {
  const nested = shop.nested === undefined ? undefined : nestedTemplate(shop.nested);
  const names = Object.keys(shop.functions);
  const pinned = [...names, ...(shop.flow === undefined ? [] : ["flow"])];
  const resources: Record<string, Resource> = {
    [queueId(shop)]: { Type: "AWS::SQS::Queue", Properties: { QueueName: shop.queue } },
    ...Object.assign({}, ...names.map((name) => functionResources(name, shop))),
    ...(shop.flow === undefined ? {} : flowResources(shop.flow)),
    ...(nested && { Inner: { Type: "AWS::CloudFormation::Stack", Properties: { TemplateURL: nested.url } } }),
    ...(shop.fails === true && {
      Failing: { Type: "Custom::Failing", DependsOn: pinned.map((name) => `${name}Alias`) },
    }),
  };
  const template = {
    Metadata: { "Tidegate::Release": metadata(shop, resources) },
    Parameters: {
      Mode: { Type: "String", Default: "a" },
      ...Object.fromEntries(pinned.map((name) => [`LiveVersion${name}`, { Type: "String", Default: "" }])),
    },
    Conditions: Object.fromEntries(
      pinned.map((name) => [`IsPinned${name}`, { "Fn::Not": [{ "Fn::Equals": [{ Ref: `LiveVersion${name}` }, ""] }] }]),
    ),
    Resources: resources,
  };
  const texts = nested === undefined ? [] : [[nested.url, nested.text] as const];
  return { text: JSON.stringify(template), nested: new Map(texts) };
}

function queueId({ queue, replacesQueue }: Shop): string {
  return replacesQueue === true ? "Queue" : `Queue${queue}`;
}

function functionResources(name: string, shop: Shop): Record<string, Resource> {
  const QUEUE = { "Fn::GetAtt": [queueId(shop), "QueueName"] };
  const Properties = {
    FunctionName: name,
    Code: { S3Key: shop.functions[name] },
    MemorySize: shop.memory ?? 128,
    Environment: { Variables: { QUEUE, MODE: { Ref: "Mode" } } },
  };
  const version = `${name}Version${hash(Properties)}`;
  return {
    [name]: { Type: "AWS::Lambda::Function", Properties },
    [version]: {
      Type: "AWS::Lambda::Version",
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
      Properties: { FunctionName: { Ref: name } },
    },
    [`${name}Alias`]: {
      Type: "AWS::Lambda::Alias",
      Properties: {
        FunctionName: { Ref: name },
        Name: "live",
        ...(shop.aliasDescription !== undefined && { Description: shop.aliasDescription }),
        FunctionVersion: pinOr(name, { "Fn::GetAtt": [version, "Version"] }),
      },
    },
  };
}

function flowResources(definition: string): Record<string, Resource> {
  const Properties = { StateMachineName: "flow", DefinitionString: definition };
  const version = `flowVersion${hash(Properties)}`;
  return {
    flow: { Type: "AWS::StepFunctions::StateMachine", Properties },
    [version]: {
      Type: "AWS::StepFunctions::StateMachineVersion",
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
      Properties: { StateMachineArn: { Ref: "flow" } },
    },
    flowAlias: {
      Type: "AWS::StepFunctions::StateMachineAlias",
      Properties: {
        Name: "live",
        RoutingConfiguration: [{ StateMachineVersionArn: pinOr("flow", { Ref: version }), Weight: 100 }],
      },
    },
  };
}

function pinOr(name: string, version: Resource): Resource {
  return { "Fn::If": [`IsPinned${name}`, { Ref: `LiveVersion${name}` }, version] };
}

function nestedTemplate(queue: string): { url: string; text: string } {
  const text = JSON.stringify({
    Resources: { Deep: { Type: "AWS::SQS::Queue", Properties: { QueueName: queue } } },
    Outputs: { Name: { Value: { "Fn::GetAtt": ["Deep", "QueueName"] } } },
  });
  return { url: `https://s3.us-east-1.amazonaws.com/assets/${hash(text)}.json`, text };
}

function metadata({ functions, flow }: Shop, resources: Readonly<Record<string, Resource>>): ReleaseMetadata {
  const member = (name: string, kind: "function" | "state-machine", calls: readonly string[]) => ({
    kind,
    path: `Shop/${name}`,
    resource: name,
    version: Object.keys(resources).find((id) => id.startsWith(`${name}Version`)) ?? "",
    alias: `${name}Alias`,
    aliasName: "live",
    parameter: `LiveVersion${name}`,
    calls,
    shift: "policy" as const,
  });
  return {
    format: 1,
    app: "shop",
    policy: { name: "Custom", steps: [{ percent: 10, bakeMs: MINUTE }], finalBakeMs: MINUTE },
    members: [
      ...Object.keys(functions).map((name) => member(name, "function", [])),
      ...(flow === undefined
        ? []
        : [
            member(
              "flow",
              "state-machine",
              Object.keys(functions).map((name) => `Shop/${name}`),
            ),
          ]),
    ],
    hooks: [],
    alarms: [],
    keepVersions: 5,
  };
}

function hash(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 8);
}
