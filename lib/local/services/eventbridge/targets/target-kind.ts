import { targetKind as deliveredKind, type TargetKind as DeliveredKind } from "../../../delivery/target-kind.ts";

/** The kinds of targets that are carried. */
export type TargetKind = Exclude<DeliveredKind, "bucket"> | "api-destination";

const API_DESTINATION = /^arn:[\w-]+:events:[\w-]+:\d{12}:api-destination\/[\w.-]+(\/[\w-]+)?$/;

/** What an ARN names as a target; undefined where it is nothing that is carried. */
export function targetKind(arn: string): TargetKind | undefined {
  if (API_DESTINATION.test(arn)) return "api-destination";
  const kind = deliveredKind(arn);
  return kind === "bucket" ? undefined : kind;
}
