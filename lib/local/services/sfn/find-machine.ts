import type { Sfn } from "./context.ts";
import { checkArn, machineMissing } from "./errors.ts";
import type { MachineRecord, MachineSettings } from "./records.ts";

/** The state machine of this ARN. `StateMachineDoesNotExist` where there is none. */
export function findMachine(sfn: Sfn, arn: string | undefined): MachineRecord {
  const machine = sfn.machines.get(checkArn(arn));
  if (machine === undefined) throw machineMissing(String(arn));
  return machine;
}

/** What a machine and its versions have in common. */
export function pickSettings({ definition, roleArn, loggingConfiguration, tracing }: MachineSettings): MachineSettings {
  return { definition, roleArn, loggingConfiguration, tracing };
}
