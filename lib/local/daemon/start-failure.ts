import { TidegateError, UserError } from "../../errors.ts";
import { tryReadStatus } from "./admin-client.ts";
import { tryFindPortOwner } from "./port-owner.ts";

/** What went wrong when a cloud was started, in words for the user. */
export async function explainStartFailure(error: unknown, port: number): Promise<TidegateError> {
  if (error instanceof TidegateError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return portBusy(port);
  if (code === "EACCES") {
    return new UserError("PortForbidden", `Port ${port} may not be used by this user: ${message}`, {
      fix: "Use another port: --port 4747",
    });
  }
  return new UserError("LocalCloudFailed", `The local cloud could not be started: ${message}`, { cause: error });
}

async function portBusy(port: number): Promise<UserError> {
  const other = await tryReadStatus(port);
  const owner = tryFindPortOwner(port);
  let who = "a process that this user cannot see";
  if (other !== undefined) who = `process ${other.pid}, the local cloud of ${other.stateFolder}`;
  else if (owner !== undefined) who = `process ${owner.pid} (${owner.command})`;
  return new UserError("PortBusy", `Port ${port} is in use by ${who}.`, {
    fix: `Stop that process, or use another port: --port ${port + 1}`,
  });
}
