import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import type { Aws } from "../../aws/aws.ts";
import type { Target } from "../../deploy/target.ts";
import { hasRemoteCode } from "../../aws/remote-error.ts";
import { mapConcurrently } from "../../util/map-concurrently.ts";
import type { AppFunction } from "../app/app-resource.ts";

const READS_AT_ONCE = 8;

/** The log of a function. */
export interface LogSource {
  readonly path: string;
  readonly functionName: string;
  readonly aws: Aws;
  /** The name of the log group. */
  readonly group: string;
  /** Only events of this version. @default - events of every version */
  readonly version?: string;
}

/** A function whose log is wanted. */
export type LoggedFunction = Pick<AppFunction, "path" | "functionName"> & { readonly target: Pick<Target, "aws"> };

/** Finds the log group of each function. One that was deleted is left out. */
export async function logSourcesOf(functions: readonly LoggedFunction[]): Promise<LogSource[]> {
  const found = await mapConcurrently(functions, READS_AT_ONCE, logSourceOf);
  return found.filter((source) => source !== undefined);
}

async function logSourceOf({ path, functionName, target: { aws } }: LoggedFunction): Promise<LogSource | undefined> {
  const lambda = await aws.client("lambda");
  try {
    const { LoggingConfig } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    return { path, functionName, aws, group: LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}` };
  } catch (error) {
    if (hasRemoteCode(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}
