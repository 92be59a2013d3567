import { UserError } from "../errors.ts";

/** The oldest Node that Tidegate runs on, as `engines` in its `package.json` says. */
export const OLDEST_NODE = "22.13";

/** Refuses a Node that is too old (`UserError` `NodeTooOld`): what is missing there fails later, and in other words. */
export function checkNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new UserError("NodeTooOld", `This is Node ${version}, and Tidegate needs Node ${OLDEST_NODE} or later`, {
    fix: "Install a newer Node, or add one to the project: npm install --save-dev node@24.",
  });
}
