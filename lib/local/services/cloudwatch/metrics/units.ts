import type { StandardUnit } from "@aws-sdk/client-cloudwatch";
import { constraint } from "../errors.ts";

/** All of them, and in AWS's order; the client itself is not loaded for it. */
const UNITS = {
  Bits: true,
  "Bits/Second": true,
  Bytes: true,
  "Bytes/Second": true,
  Count: true,
  "Count/Second": true,
  Gigabits: true,
  "Gigabits/Second": true,
  Gigabytes: true,
  "Gigabytes/Second": true,
  Kilobits: true,
  "Kilobits/Second": true,
  Kilobytes: true,
  "Kilobytes/Second": true,
  Megabits: true,
  "Megabits/Second": true,
  Megabytes: true,
  "Megabytes/Second": true,
  Microseconds: true,
  Milliseconds: true,
  None: true,
  Percent: true,
  Seconds: true,
  Terabits: true,
  "Terabits/Second": true,
  Terabytes: true,
  "Terabytes/Second": true,
} satisfies Record<StandardUnit, true>;

/** Refuses a unit that CloudWatch does not have. Undefined stays undefined: any unit. */
export function checkUnit(unit: string | undefined, member: string): void {
  if (unit !== undefined && !Object.hasOwn(UNITS, unit))
    throw constraint(unit, member, `satisfy enum value set: [${Object.keys(UNITS).join(", ")}]`);
}
