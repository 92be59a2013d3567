import { GetAliasCommand } from "@aws-sdk/client-lambda";
import { ALIAS } from "../probe-function.ts";
import { FRONT } from "./acceptance-app.ts";
import type { Ended, Stand } from "./stand.ts";

/** How a scenario came out. */
export interface Result {
  readonly held: boolean;
  readonly facts: unknown;
}

/** One promise of the release engine, put to the test. Scenarios run in order: each starts where the last one ended. */
export interface Scenario {
  readonly id: string;
  readonly promise: string;
  run(stand: Stand): Promise<Result>;
}

/** What the front alias serves: its version, and a second one while the traffic is split. */
export async function liveOf({ account }: Stand): Promise<{ readonly version: string; readonly isSplit: boolean }> {
  const found = await account.lambda.send(new GetAliasCommand({ FunctionName: FRONT, Name: ALIAS }));
  const isSplit = Object.keys(found.RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0;
  return { version: found.FunctionVersion ?? "none", isSplit };
}

/** What a person needs of a command that did not end as promised. */
export function summary({ exitCode, document, words }: Ended): unknown {
  return { exitCode, release: document["release"], words: words.slice(-600) };
}
