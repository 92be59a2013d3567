import type { Delivery } from "../records.ts";
import { type Authority, inRole, trusted } from "../../../delivery/authority.ts";
import { callOf, deliver } from "../../../delivery/deliver.ts";
import { DeliveryFailure } from "../../../delivery/failure.ts";
import { readArn } from "../../../kit/arn.ts";
import { findBus, nameOfBus } from "../buses/buses.ts";
import type { BusEvent } from "../buses/event.ts";
import { ingest } from "../buses/ingest.ts";
import type { Events } from "../context.ts";
import { byResourcePolicy, targetRole } from "./authority.ts";
import { contentsOf } from "./contents.ts";
import { sendToApi } from "./send-to-api.ts";
import { buildTargetInput } from "./target-input.ts";
import { targetKind } from "./target-kind.ts";

/** Hands an event to its target. Throws `DeliveryFailure` or the target's own refusal. */
export async function sendToTarget(events: Events, delivery: Delivery): Promise<void> {
  const arn = delivery.target.Arn ?? "";
  const kind = targetKind(arn);
  const input = buildTargetInput(delivery);
  if (kind === "api-destination") return sendToApi(events, delivery, input);
  if (kind === "bus") return passOn(events, delivery);
  const call = callOf(events.cloud, arn, contentsOf(delivery, input));
  if (call === undefined) throw new DeliveryFailure("INVALID_PARAMETER", `${arn} is not a target.`);
  await deliver(call, authorityOf(events, delivery));
}

/** Queues and topics have to allow EventBridge itself; a function does not where the rule gives a role. */
function authorityOf(events: Events, delivery: Delivery): Authority {
  const kind = targetKind(delivery.target.Arn ?? "");
  const role = targetRole(delivery);
  if (kind === "queue" || kind === "topic") return byResourcePolicy(events, delivery);
  if (kind === "logs") return trusted;
  if (role !== undefined) return inRole(role);
  return kind === "function" ? byResourcePolicy(events, delivery) : trusted;
}

/** Another bus receives the event unchanged, in every region. */
async function passOn(events: Events, delivery: Delivery): Promise<void> {
  const arn = delivery.target.Arn ?? "";
  const { region } = readArn(arn);
  const bus = findBus(events, region, nameOfBus(arn));
  if (bus === undefined) throw new DeliveryFailure("NO_RESOURCE", `Event bus ${nameOfBus(arn)} does not exist.`);
  const entry = { Entries: [{ EventBusName: arn }] };
  const as = targetRole(delivery);
  const denial = as && (await events.cloud.findDenial("eventbridge", "PutEvents", entry, { region, as }));
  if (denial !== undefined) throw new DeliveryFailure("NO_PERMISSIONS", denial);
  const event = JSON.parse(delivery.event) as BusEvent;
  events.cloud.store.transaction(() => ingest(events, { region, bus: bus.name, hops: delivery.hops + 1 }, event));
}
