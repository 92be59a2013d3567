import type { Cloud, OperationsOf, ServiceName } from "../../../service.ts";

/** A resource's properties once every function is worked out and every value has the schema's type. */
export type Properties = Readonly<Record<string, unknown>>;

/** What stands for a resource in the world: what `Ref` gives, and what `Fn::GetAtt` gives. */
export interface PhysicalResource {
  readonly physicalId: string;
  /** What `Ref` gives, where that is not the physical id. */
  readonly ref?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** A resource that is there, with the properties it was last given. */
export interface CurrentResource extends PhysicalResource {
  readonly properties: Properties;
}

/** One tag, as CloudFormation puts it on what it makes. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** What the engine gives a resource type for one step. */
export interface ResourceContext {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** The same for every try of the same step: serves as a client token. */
  readonly requestToken: string;
  /** The step was begun before the cloud was stopped: what it makes may be there already, and is then taken over. */
  readonly resumed: boolean;
  /** Aborted when a sibling has failed or somebody asked to stop: waiting ends, what was begun is still recorded. */
  readonly signal: AbortSignal;
  /** A name as CloudFormation makes them, `stack-logical-random`: the same for every try of the same step. */
  name(limits?: { readonly maxLength?: number; readonly lowerCase?: boolean }): string;
  /** The resource's own tags, then the stack's, then `aws:cloudformation:*`. */
  tags(own?: unknown): Tag[];
  /** As `tags`, without the `aws:cloudformation:*` ones: IAM takes none of those. */
  plainTags(own?: unknown): Tag[];
  /** Asks a service in the stack's region. */
  call<N extends ServiceName, K extends keyof OperationsOf<N> & string>(
    service: N,
    operation: K,
    input: OperationsOf<N>[K] extends { input: infer I } ? I : never,
  ): Promise<OperationsOf<N>[K] extends { output: infer O } ? O : never>;
}

/**
 * How resources of one CloudFormation type are made, changed and taken away. Each step may be tried again after a
 * crash: it must come to the same end.
 */
export interface ResourceType {
  /** For example `AWS::Lambda::Alias`; `Custom::*` stands for every type with that prefix. */
  readonly type: string;
  /** Kept and answered for, but without any effect here (a VPC on a laptop). */
  readonly kept?: true;
  create(desired: Properties, context: ResourceContext): Promise<PhysicalResource>;
  /** Left out where every change of a property makes a new resource. */
  update?(desired: Properties, current: CurrentResource, context: ResourceContext): Promise<PhysicalResource>;
  delete(current: CurrentResource, context: ResourceContext): Promise<void>;
  /** Whether the resource has settled; asked again and again after `create` and `update`. */
  isStable?(current: CurrentResource, context: ResourceContext): Promise<boolean>;
  /** Whether a change needs a new resource where the schema says "maybe", or nothing. */
  replaces?(desired: Properties, current: CurrentResource): boolean;
  /** Further attributes than the schema lists; `*` for any. */
  readonly extraAttributes?: readonly string[];
  /** Checks that only the type itself can make, before anything is made. Gives AWS's complaints. */
  validate?(desired: Properties): readonly string[];
}
