import type { ResourceProperties } from "../schema/resource-properties.generated.ts";
import type { PhysicalResource, ResourceContext, ResourceType, Tagging } from "./resource-type.ts";

/** A type that AWS's specification describes: its properties are generated. */
export type DescribedType = keyof ResourceProperties;

/** The properties of a described type. */
export type PropertiesOf<T extends DescribedType> = ResourceProperties[T];

/** A resource of a described type that is there, with the properties it was last given. */
export interface Current<T extends DescribedType> extends PhysicalResource {
  readonly properties: ResourceProperties[T];
}

/** As `ResourceType`, with the properties of one type. See there for what each member does. */
export interface ResourceHandler<T extends DescribedType> {
  noteOf?(desired: ResourceProperties[T]): string | undefined;
  readonly isAlwaysUpdated?: true;
  create(desired: ResourceProperties[T], context: ResourceContext): Promise<PhysicalResource>;
  update?(desired: ResourceProperties[T], current: Current<T>, context: ResourceContext): Promise<PhysicalResource>;
  delete(current: Current<T>, context: ResourceContext): Promise<unknown>;
  readonly tagging?: Tagging;
  finish?(current: Current<T>, context: ResourceContext): Promise<void>;
  revert?(current: Current<T>, before: Current<T>, context: ResourceContext): Promise<PhysicalResource>;
  isStable?(current: Current<T>, context: ResourceContext): Promise<boolean>;
  replaces?(desired: ResourceProperties[T], current: Current<T>): boolean;
  readonly extraAttributes?: readonly string[];
  validate?(desired: ResourceProperties[T]): readonly string[];
}

/**
 * A resource type whose handler sees typed properties. They are what the type says, because the engine checks and
 * coerces a template's properties by the same schema before any handler gets them.
 *
 *     export const queue = resource("AWS::SQS::Queue", { async create(desired, context) { … } });
 */
export function resource<const T extends DescribedType>(type: T, handler: ResourceHandler<T>): ResourceType;
export function resource(type: string, handler: Omit<ResourceType, "type">): ResourceType {
  return { type, ...handler };
}
