import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { latest, publishContent, publishMachineContent } from "./sim-resources.ts";
import { SimError } from "./sim-error.ts";
import type { World } from "./world.ts";

type Input = Record<string, unknown>;
type Operations = Readonly<Record<string, (world: World, input: Input) => unknown>>;

/** Lambda's operations about what a version holds. */
export const LAMBDA_CONTENTS: Operations = {
  GetFunction: (world, input) => {
    const name = String(input["FunctionName"]);
    const version = (input["Qualifier"] as string | undefined) ?? "$LATEST";
    const content = world.contents.get(`${name}:${version}`);
    if (content === undefined || !world.functions.has(name))
      throw new SimError("ResourceNotFoundException", `Function not found: ${name}:${version}`, 404);
    const { Environment, MemorySize = 128, Role = "role", ...code } = content;
    return {
      Configuration: {
        FunctionName: name,
        Version: version,
        State: "Active",
        LastUpdateStatus: "Successful",
        CodeSha256: createHash("sha256").update(JSON.stringify(code)).digest("base64"),
        Environment,
        MemorySize,
        Role,
      },
    };
  },
  PublishVersion: (world, input) => {
    const name = String(input["FunctionName"]);
    const last = world.lastVersionOf(name);
    const isSame =
      last !== undefined && isDeepStrictEqual(world.contents.get(`${name}:${last}`), world.contents.get(latest(name)));
    return { Version: isSame ? last : publishContent(world, name) };
  },
};

/** Step Functions' operations about what a version holds. */
export const STATES_CONTENTS: Operations = {
  DescribeStateMachine: (world, input) => {
    const arn = String(input["stateMachineArn"]);
    const content = world.contents.get(arn) ?? world.contents.get(latest(arn));
    if (content === undefined)
      throw new SimError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`, 400);
    return { definition: content["DefinitionString"], roleArn: "role", revisionId: JSON.stringify(content) };
  },
  PublishStateMachineVersion: (world, input) => ({
    stateMachineVersionArn: publishMachineContent(world, String(input["stateMachineArn"])),
  }),
};
