import type { ListedApp } from "../look/list/list-app.ts";
import type { ServedVersions } from "../look/app/find-version.ts";
import { escapeControls } from "../util/escape-controls.ts";

type Row = readonly [string, string];

/** What an app consists of, a section for each kind of resource that it has. */
export function renderList(stage: string, app: ListedApp): string[] {
  const { stacks, endpoints, functions, queues, tables, others, outputs } = app;
  const sections: readonly (readonly [string, readonly Row[]])[] = [
    ["Stacks", stacks.map(({ path, status }) => [path, status])],
    ["Endpoints", endpoints.map(({ path, url }) => [path, url])],
    ["Functions", functions.map(({ path, alias, served }) => [path, renderServed(alias, served)])],
    ["Queues", queues.map((queue) => [queue.path, renderQueue(queue)])],
    ["Tables", tables.map(({ path, items }) => [path, items === 1 ? "1 item" : `${items} items`])],
    ["Others", others.map(({ path, kind }) => [path, kind])],
    ["Outputs", Object.entries(outputs)],
  ];
  const lines = sections.flatMap(([title, rows]) => (rows.length === 0 ? [] : ["", title, ...renderRows(rows)]));
  return [`Stage ${stage}`, ...lines].map(escapeControls);
}

function renderRows(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd());
}

function renderServed(alias: string | undefined, served: ServedVersions | undefined): string {
  if (served === undefined) return "no alias";
  const { stable, next, nextPercent = 0 } = served;
  if (next === undefined) return `${alias}: version ${stable}`;
  const percent = Number(nextPercent.toFixed(2));
  return `${alias}: version ${stable} ${100 - percent} %, version ${next} ${percent} %`;
}

function renderQueue({ waiting, inFlight, delayed }: ListedApp["queues"][number]): string {
  const more = [inFlight === 0 ? "" : `, ${inFlight} in flight`, delayed === 0 ? "" : `, ${delayed} delayed`];
  return `${waiting === 0 ? "empty" : `${waiting} waiting`}${more.join("")}`;
}
