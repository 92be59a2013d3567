import { StandardUnit } from "@aws-sdk/client-cloudwatch";
import { constraint } from "./refusals.ts";

const UNITS: ReadonlySet<string> = new Set(Object.values(StandardUnit));

export function checkUnit(unit: string | undefined, member: string): void {
  if (unit !== undefined && !UNITS.has(unit))
    throw constraint(unit, member, `satisfy enum value set: [${[...UNITS].join(", ")}]`);
}
