import type { AssemblyStack } from "../../assembly/assembly.ts";
import { RemoteError } from "../../errors.ts";
import type { IoHost } from "../../io/message.ts";
import type { KnownAlias } from "../../release/engine.ts";
import type { Target } from "../target.ts";
import { type DeployedStack, findDeployedStacks, readDeployedStacks, readKnownAliases } from "./deployed-app.ts";
import { defaultPlace, placeOfDeployed, tryPlaceOfAssembly } from "./journal-place.ts";
import { locateJournal, type LocatedJournal } from "./locate-journal.ts";

/** An app's journal, and its aliases should the journal fail. */
export interface FoundJournal {
  readonly located: LocatedJournal;
  readonly aliases: () => Promise<readonly KnownAlias[]>;
}

/**
 * Finds the journal of an app: by the stacks of an assembly or, where that has no stack of the app or the journal is not
 * where it says, by the stacks that are deployed. Nothing is synthesised: a rollback must not need the sources.
 */
export async function findJournal(
  target: Target,
  app: string,
  stacks: readonly AssemblyStack[],
  host: IoHost,
): Promise<FoundJournal> {
  const { clock } = target.aws;
  const known = tryPlaceOfAssembly(target, app, stacks);
  const deployed = deployedOnce(target, app, known === undefined ? undefined : stacks, host);
  const aliases = async () => readKnownAliases(await deployed());
  const first = await locateJournal(target, app, known ?? defaultPlace(target), clock);
  if (first.isFound) return { located: first, aliases };
  const places = (await deployed()).map((one) => placeOfDeployed(target, one.template, one.release));
  const likeliest = known ?? places[0];
  if (likeliest === undefined || places.length === 0) return { located: first, aliases };
  const older = new Set([likeliest, ...places].flatMap(({ bucket, olderBuckets }) => [bucket, ...olderBuckets]));
  older.delete(likeliest.bucket);
  return { located: await locateJournal(target, app, { ...likeliest, olderBuckets: [...older] }, clock), aliases };
}

/** Reads the app's stacks once, and only on first use. Without an assembly all stacks of the region are read. */
function deployedOnce(
  target: Target,
  app: string,
  stacks: readonly AssemblyStack[] | undefined,
  host: IoHost,
): () => Promise<readonly DeployedStack[]> {
  let reading: Promise<readonly DeployedStack[]> | undefined;
  return () =>
    (reading ??= stacks === undefined ? findOrTell(target, app, host) : readDeployedStacks(target, app, stacks));
}

async function findOrTell(target: Target, app: string, host: IoHost): Promise<readonly DeployedStack[]> {
  try {
    return await findDeployedStacks(target, app);
  } catch (error) {
    if (!(error instanceof RemoteError) || error.statusCode !== 403) throw error;
    const text = `The deployed stacks of ${app} could not be looked for: ${error.message}`;
    host.notify({ code: "StacksNotListed", level: "warn", text });
    return [];
  }
}
