import { startLocalCloud } from "../../../lib/local/local-cloud.ts";

// A cloud in a process of its own, so that a test can kill it: `node served-cloud.ts <state folder>`.
const cloud = await startLocalCloud({
  stateFolder: process.argv[2]!,
  log: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${cloud.endpoint}\n`);
