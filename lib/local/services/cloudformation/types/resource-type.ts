import { AwsError } from "../../../aws-error.ts";
import type { Cloud, OperationsOf, ServiceName } from "../../../service.ts";

/** A resource's properties once every function is worked out and every value has the schema's type. */
export type Properties = Readonly<Record<string, unknown>>;

/** A physical resource: the values of `Ref` and of `Fn::GetAtt`. */
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

/** A creation that failed but left something: it has to be removed again. */
export class PartlyMadeError extends AwsError {
  readonly made: PhysicalResource;

  /** `cause` is what ended the making, where that was no answer of AWS: a cancelled update, or a cloud that stops. */
  constructor(message: string, made: PhysicalResource, cause?: unknown) {
    super("PartlyMade", message, { cause });
    this.made = made;
  }
}

/**
 * A service's input as a handler writes it: enumerations are plain text, lists may be read-only, and members of inner
 * objects may be absent. The service refuses what it does not know or misses, as on AWS.
 */
export type Loose<T> = { readonly [K in keyof T]: LooseValue<T[K]> };

/** The SDK's tagged unions (they have `$unknown`) are plain objects here. */
type LooseValue<T> = T extends string
  ? string
  : T extends Date | Uint8Array | AsyncIterable<unknown>
    ? T
    : T extends readonly (infer E)[]
      ? readonly LooseValue<E>[]
      : T extends object
        ? "$unknown" extends keyof T
          ? Readonly<Record<string, unknown>>
          : { readonly [K in keyof T]?: LooseValue<T[K]> }
        : T;

/** One tag, as CloudFormation puts it on what it makes. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** What only CloudFormation's own types need of the engine. */
export interface CloudformationOwn {
  /** Opens an address that takes one answer after another; the same token is the same address, over restarts too. */
  openCallback(token: string): void;
  /** Where functions of this cloud send their answer, and where anybody on this machine does. */
  callbackUrls(token: string): { readonly forFunctions: string; readonly forAnybody: string };
  /** Resolves with the answers once there are `count` of them; undefined when that took longer than `timeoutMs`. */
  answers(
    token: string,
    count: number,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<readonly unknown[] | undefined>;
  closeCallback(token: string): void;
  /** Stacks nested in this one. */
  readonly nested: NestedStacks;
}

/** What a stack says of a stack nested in it. */
export interface NestedRequest {
  /** The nested stack's logical id in the outer one. */
  readonly logicalId: string;
  readonly name: string;
  readonly templateUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly notificationArns: readonly string[];
  readonly timeoutInMinutes?: number;
}

/** How a nested stack came out. */
export interface NestedResult {
  readonly id: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Why it failed, where it did. */
  readonly failure?: string;
}

/** Operations on nested stacks; each returns once the nested stack is at rest. */
export interface NestedStacks {
  create(request: NestedRequest, resumed: boolean): Promise<NestedResult>;
  update(id: string, request: NestedRequest, resumed: boolean): Promise<NestedResult>;
  delete(id: string): Promise<NestedResult>;
  /** Lets a nested stack that was updated take away what it does not need any more. */
  finish(id: string): Promise<void>;
  /** Brings a nested stack that was updated back. */
  revert(id: string): Promise<NestedResult>;
}

/** How a name is made where the template gives none. */
export interface NameLimits {
  readonly maxLength?: number;
  readonly lowerCase?: boolean;
  /** `<logical id>-<random>`, as AWS names state machines. */
  readonly withoutStack?: boolean;
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
  /** The step was started before the cloud was stopped: its resource may exist already, and is then adopted. */
  readonly resumed: boolean;
  /** Aborted when a sibling has failed or a stop was requested: waiting ends, started work is still recorded. */
  readonly signal: AbortSignal;
  /** A name as CloudFormation makes them, `stack-logical-random`: the same for every try of the same step. */
  name(limits?: NameLimits): string;
  /** The resource's own tags, then the stack's, then `aws:cloudformation:*`. */
  tags(own?: unknown): Tag[];
  /** As `tags`, without the `aws:cloudformation:*` ones: for services that refuse those from anybody. */
  plainTags(own?: unknown): Tag[];
  /** Whether a physical id is known to be a resource of this stack: what a resumed step finds may be a sibling. */
  isOwned(physicalId: string): boolean;
  readonly own: CloudformationOwn;
  /** Calls a service in the stack's region, or in another one. */
  call<N extends ServiceName, K extends keyof OperationsOf<N> & string>(
    service: N,
    operation: K,
    input: OperationsOf<N>[K] extends { input: infer I } ? Loose<I> : never,
    region?: string,
  ): Promise<OperationsOf<N>[K] extends { output: infer O } ? O : never>;
}

/** How a service changes the tags of a resource that is there: the template's and the stack's, not `aws:*`. */
export interface Tagging {
  set(current: CurrentResource, tags: readonly Tag[], context: ResourceContext): Promise<unknown>;
  remove(current: CurrentResource, keys: string[], context: ResourceContext): Promise<unknown>;
}

/**
 * How resources of one CloudFormation type are created, updated and deleted. Each step may be retried after a crash: it
 * must be idempotent.
 */
export interface ResourceType {
  /** For example `AWS::Lambda::Alias`; `Custom::*` matches every type with that prefix. */
  readonly type: string;
  /** Kept and answered for, but without any effect here (a VPC on a laptop). */
  readonly kept?: true;
  /** What of a resource has no effect here, for its event. @default - all of it has */
  noteOf?(desired: Properties): string | undefined;
  /** Every update of the stack updates the resource: its target may change while its properties do not. */
  readonly isAlwaysUpdated?: true;
  create(desired: Properties, context: ResourceContext): Promise<PhysicalResource>;
  /** Left out where every change of a property makes a new resource. */
  update?(desired: Properties, current: CurrentResource, context: ResourceContext): Promise<PhysicalResource>;
  delete(current: CurrentResource, context: ResourceContext): Promise<unknown>;
  /** Called behind `update` where tags have changed. Left out where the type has none, or where `update` sets them. */
  readonly tagging?: Tagging;
  /** Called when the operation can no longer fail, for a resource that it made or changed. */
  finish?(current: CurrentResource, context: ResourceContext): Promise<void>;
  /** Called instead of `update` to take an update back. */
  revert?(current: CurrentResource, before: CurrentResource, context: ResourceContext): Promise<PhysicalResource>;
  /** Whether the resource has settled; polled after `create` and `update`. */
  isStable?(current: CurrentResource, context: ResourceContext): Promise<boolean>;
  /** Whether a change needs a new resource where the schema says "maybe", or nothing. */
  replaces?(desired: Properties, current: CurrentResource): boolean;
  /** Further attributes than the schema lists; `*` for any. */
  readonly extraAttributes?: readonly string[];
  /** Checks that only the type itself can make, before anything is made. Gives AWS's complaints. */
  validate?(desired: Properties): readonly string[];
}
