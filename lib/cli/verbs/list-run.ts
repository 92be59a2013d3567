import { listApp } from "../../look/list/list-app.ts";
import { EXIT } from "../exit-codes.ts";
import { lookAtApp } from "../look-at.ts";
import { renderList } from "../render-list.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

/** Lists what of the app is deployed. Changes nothing. */
export async function runList(options: Readonly<Record<string, unknown>>, context: VerbContext): Promise<VerbResult> {
  const { connection, stacks } = await lookAtApp(options, context);
  const app = await listApp(stacks);
  const stage = connection.stage.name;
  return { exitCode: EXIT.done, document: { stage, ...app }, lines: renderList(stage, app) };
}
