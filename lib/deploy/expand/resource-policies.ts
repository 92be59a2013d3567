import type { Template } from "../../assembly/assembly.ts";
import { namesIn } from "./resource-graph.ts";

/** Policies of a target, of which it has one: a second one takes the place of the first. */
const SINGLE = new Set(["AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"]);
const PERMISSION = "AWS::Lambda::Permission";

/**
 * The deployed policies that let others reach the named targets. S3 refuses a notification to a target that does not
 * let it. A target that has another policy in the new template keeps only that one.
 */
export function policiesOf(names: ReadonlySet<string>, deployed: Template, desired: Template): string[] {
  return Object.entries(deployed.Resources ?? {}).flatMap(([id, { Type, Properties }]) => {
    const reached = namesIn(Properties).filter((name) => names.has(name));
    if (reached.length === 0 || (Type !== PERMISSION && !SINGLE.has(Type))) return [];
    const isSuperseded = Object.values(desired.Resources ?? {}).some(
      (other) =>
        SINGLE.has(Type) && other.Type === Type && namesIn(other.Properties).some((name) => reached.includes(name)),
    );
    return isSuperseded ? [] : [id];
  });
}
