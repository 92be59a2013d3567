import { GetFunctionConfigurationCommand, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-lambda";
import type { Aws } from "../aws/aws.ts";
import type { DevFunction } from "./dev-functions.ts";

/** A function with the port at which a debugger attaches. */
export interface InspectedFunction {
  readonly fn: DevFunction;
  readonly port: number;
}

/** The tag that has the local cloud run a function under Node's inspector. */
const INSPECT_TAG = "tidegate:inspect";
/** Node's own default, which debuggers try first. */
const FIRST_PORT = 9229;

/** Gives each of the functions a port of its own, in the order of their paths. */
export function inspectedOf(functions: readonly DevFunction[]): InspectedFunction[] {
  const sorted = functions.toSorted((a, b) => (a.alias.path < b.alias.path ? -1 : 1));
  return sorted.map((fn, index) => ({ fn, port: FIRST_PORT + index }));
}

/** Has the local cloud run these functions under Node's inspector, and the others of the app without. */
export async function tagInspected(
  aws: Aws,
  functions: readonly DevFunction[],
  inspected: readonly InspectedFunction[],
): Promise<void> {
  const ports = new Map(inspected.map(({ fn, port }) => [fn.alias.path, port]));
  await Promise.all(
    functions.map(async ({ alias: { path, target } }) => {
      const lambda = await aws.inRegion(target.region ?? aws.options.region).client("lambda");
      const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: target.name }));
      const port = ports.get(path);
      const command =
        port === undefined
          ? new UntagResourceCommand({ Resource: found.FunctionArn, TagKeys: [INSPECT_TAG] })
          : new TagResourceCommand({ Resource: found.FunctionArn, Tags: { [INSPECT_TAG]: String(port) } });
      await (command instanceof UntagResourceCommand ? lambda.send(command) : lambda.send(command));
    }),
  );
}
