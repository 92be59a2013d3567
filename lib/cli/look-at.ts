import type { AppStack } from "../look/app/app-resource.ts";
import type { FindStaged } from "../look/app/find-version.ts";
import { readApp } from "../look/app/read-app.ts";
import { isFinished, lookIntoJournal } from "../release/engine.ts";
import { openAppJournal } from "./app-journal.ts";
import { tryAppName } from "./app-name.ts";
import { connect, connectToRead, type Connection } from "./connect.ts";
import { lastStacks } from "./stack-port-of.ts";
import type { VerbContext } from "./verb.ts";

type Options = Readonly<Record<string, unknown>>;

/** An app as it is deployed to a stage, for the verbs that change nothing. */
export interface LookedAt {
  readonly connection: Connection;
  readonly stacks: readonly AppStack[];
  /** Finds versions that are staged and have no traffic yet, in the app's journal. */
  readonly findStaged: FindStaged;
}

/**
 * Connects to a stage and reads the app's stacks, by the last assembly or by the app's name. Nothing is synthesised, and no
 * local cloud is started.
 */
export async function lookAtApp(options: Options, context: VerbContext): Promise<LookedAt> {
  return lookBy(await connectToRead(options, context), options, context);
}

/** Like `lookAtApp`, for verbs that call what they find: starts the local cloud where the stage is `local` and none runs. */
export async function reachApp(options: Options, context: VerbContext): Promise<LookedAt> {
  return lookBy(await connect(options, context), options, context);
}

async function lookBy(connection: Connection, options: Options, context: VerbContext): Promise<LookedAt> {
  const { project, target } = connection;
  const app = tryAppName(project, options, context.folder);
  const stacks = await readApp({ target, stacks: lastStacks(project, options, context.folder), app });
  return { connection, stacks, findStaged: stagedIn(connection, app, options, context) };
}

function stagedIn(connection: Connection, app: string | undefined, options: Options, context: VerbContext): FindStaged {
  let reading: Promise<ReadonlyMap<string, string | undefined>> | undefined;
  const read = async () => {
    if (app === undefined) return new Map<string, string | undefined>();
    const { ports, who } = await openAppJournal(connection, app, options, context);
    const release = (await lookIntoJournal(ports, who)).document?.release;
    const members = release === undefined || isFinished(release) ? [] : release.members;
    return new Map(members.map(({ path, next }) => [path, next]));
  };
  return async (path) => (await (reading ??= read())).get(path);
}
