import type { ResourceProperties } from "../schema/resource-properties.generated.ts";
import type { ResourceContext, ResourceType, Tagging } from "./resource-type.ts";
import { resource, type DescribedType } from "./resource.ts";
import { tolerate } from "./tolerate.ts";

/** How a type is made whose service has one call that makes a thing or overwrites it. */
export interface PutLike<T extends DescribedType> {
  /** The thing's name, which is its physical id. Called once, when it is made. */
  name(desired: ResourceProperties[T], context: ResourceContext): string;
  put(name: string, desired: ResourceProperties[T], context: ResourceContext): Promise<unknown>;
  remove(name: string, context: ResourceContext, properties: ResourceProperties[T]): Promise<unknown>;
  /** The code with which `remove` says that the thing is gone already. */
  readonly missing?: string;
  attributes?(name: string, context: ResourceContext): Record<string, unknown>;
  readonly tagging?: Tagging;
}

/** A resource type of which one row says everything: creation and update are the same call. */
export function putLike<const T extends DescribedType>(type: T, row: PutLike<T>): ResourceType {
  const put = async (name: string, desired: ResourceProperties[T], context: ResourceContext) => {
    await row.put(name, desired, context);
    return { physicalId: name, attributes: row.attributes?.(name, context) };
  };
  return resource(type, {
    create: (desired, context) => put(row.name(desired, context), desired, context),
    update: (desired, current, context) => put(current.physicalId, desired, context),
    delete: async (current, context) => {
      const removal = row.remove(current.physicalId, context, current.properties);
      await (row.missing === undefined ? removal : tolerate(removal, row.missing));
    },
    tagging: row.tagging,
  });
}
