import { spawnSync } from "node:child_process";

/** `npm start`: deploys the example app to the local cloud; the API's URL is the last line of standard output. */
const tidegate = new URL("../dist/bin/tidegate.js", import.meta.url).pathname;
const { status, stdout } = spawnSync(process.execPath, [tidegate, "deploy", "--json"], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
});
if (status !== 0) process.exit(status ?? 1);

const { stacks } = JSON.parse(stdout) as { stacks: { outputs: Record<string, string> }[] };
const url = stacks.map(({ outputs }) => outputs["ApiUrl"]).find((found) => found !== undefined);
if (url === undefined) {
  process.stderr.write("The example app has no output called ApiUrl.\n");
  process.exit(1);
}
process.stdout.write(`
The to-do app runs on the local cloud. Try it:
  curl -X POST -H 'content-type: application/json' -d '{"title":"buy milk"}' ${url}/todos
  curl ${url}/todos
Change functions/todo/, then move the traffic to the new version and back:
  npx tidegate deploy
  npx tidegate rollback
Look, and stop the local cloud:
  npx tidegate status
  npx tidegate local stop

${url}
`);
