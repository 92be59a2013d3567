import type { CallContext } from "../../../service.ts";
import type { Run } from "./run.ts";

/** A call that an execution makes in its state machine's role, in a session with the execution's name. */
export function inRole({ execution }: Pick<Run, "execution">): CallContext {
  const { region, roleArn, name, machineArn } = execution;
  const sessionName = name.replaceAll(/[^\w+=,.@-]/g, "-").slice(0, 64);
  return { region, as: { roleArn, sessionName, service: "states.amazonaws.com", sourceArn: machineArn } };
}
