import type { Delivery } from "../records.ts";
import type { BusEvent } from "../buses/event.ts";
import { parseJsonPath, readJsonPath } from "./json-path.ts";
import { renderTemplate } from "./input-template.ts";

/** What the target gets: the event, a part of it, a constant, or a template that is filled. */
export function buildTargetInput(delivery: Delivery): string {
  const { target } = delivery;
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) {
    const part = readJsonPath(JSON.parse(delivery.event), parseJsonPath(target.InputPath) ?? []);
    return JSON.stringify(part ?? null);
  }
  if (target.InputTransformer === undefined) return delivery.event;
  return fillTemplate(delivery);
}

function fillTemplate(delivery: Delivery): string {
  const { InputPathsMap: paths = {}, InputTemplate: template } = delivery.target.InputTransformer!;
  const event = JSON.parse(delivery.event) as BusEvent;
  const reserved = reservedValues(delivery, event);
  return renderTemplate(template, (name) => {
    if (reserved.has(name)) return reserved.get(name);
    const path = Object.hasOwn(paths, name) ? parseJsonPath(paths[name]!) : undefined;
    return path === undefined ? undefined : readJsonPath(event, path);
  });
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-predefined */
function reservedValues(delivery: Delivery, event: BusEvent): ReadonlyMap<string, unknown> {
  const ingestionTime = new Date(delivery.ingestedMs).toISOString();
  const { version, id, source, account, region, resources } = event;
  const withoutDetail = {
    version,
    id,
    detailType: event["detail-type"],
    source,
    account,
    time: ingestionTime,
    region,
    resources,
  };
  return new Map<string, unknown>([
    ["aws.events.rule-arn", delivery.ruleArn],
    ["aws.events.rule-name", delivery.ruleName],
    ["aws.events.event.ingestion-time", ingestionTime],
    ["aws.events.event", withoutDetail],
    ["aws.events.event.json", event],
  ]);
}
