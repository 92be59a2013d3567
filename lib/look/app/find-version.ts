import { GetAliasCommand } from "@aws-sdk/client-lambda";
import { remoteError } from "../../aws/remote-error.ts";
import { UserError } from "../../errors.ts";
import type { AppFunction } from "./app-resource.ts";

/** What an alias serves. */
export interface ServedVersions {
  /** The version that serves, or the one that most calls go to while a canary runs. */
  readonly stable: string;
  /** The new version while a canary runs. */
  readonly next?: string;
  /** The share of the new version, from 0 to 100. */
  readonly nextPercent?: number;
}

/** Finds the version that a release brings a function, by its path, before it is given traffic. */
export type FindStaged = (path: string) => Promise<string | undefined>;

/** Reads what the alias of a function serves. Undefined where it has no alias. */
export async function readServed({ functionName, alias, target }: AppFunction): Promise<ServedVersions | undefined> {
  if (alias === undefined) return undefined;
  const lambda = await target.aws.client("lambda");
  const input = { FunctionName: functionName, Name: alias };
  const { FunctionVersion: stable = "", RoutingConfig } = await lambda
    .send(new GetAliasCommand(input))
    .catch((error: unknown) => {
      throw remoteError("AliasUnreadable", `The alias ${alias} of ${functionName} cannot be read`, error);
    });
  const [extra] = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
  if (extra === undefined) return { stable };
  return { stable, next: extra[0], nextPercent: extra[1] * 100 };
}

/**
 * The version that `--version` names: `stable`, `next`, or a number. Throws a `UserError` where the function has no such
 * version.
 */
export async function findVersion(wanted: string, fn: AppFunction, findStaged: FindStaged): Promise<string> {
  if (/^\d+$/.test(wanted) || wanted === "$LATEST") return wanted;
  if (wanted !== "next" && wanted !== "stable") {
    throw new UserError("UsageWrong", `Expected --version next, stable or a number, got ${JSON.stringify(wanted)}`);
  }
  const served = await readServed(fn);
  if (served === undefined) {
    throw new UserError("VersionUnknown", `${fn.path} has no alias, so it has no version that is ${wanted}`, {
      fix: "Name a version by its number, or use a function that is released.",
    });
  }
  const version = wanted === "stable" ? served.stable : (served.next ?? (await findStaged(fn.path)));
  if (version !== undefined) return version;
  throw new UserError("VersionUnknown", `${fn.path} has no next version: no release is under way`, {
    fix: `Its version is ${served.stable}; use --version stable.`,
  });
}
