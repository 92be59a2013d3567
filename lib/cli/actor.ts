import { execFileSync } from "node:child_process";
import { hostname, userInfo } from "node:os";

/** Who acts, for the journal: a person on a machine, or what the CI system calls itself. */
export function describeActor(environment: NodeJS.ProcessEnv): string {
  const ci = environment["GITHUB_ACTOR"] ?? environment["GITLAB_USER_LOGIN"] ?? environment["TIDEGATE_ACTOR"];
  return ci ?? `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

/** The commit that is deployed, with `+` where files differ from it; undefined outside of a repository. */
export function describeCommit(folder: string): string | undefined {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const commit = git("rev-parse", "--short=12", "HEAD");
    return git("status", "--porcelain", "--untracked-files=no") === "" ? commit : `${commit}+`;
  } catch {
    return undefined;
  }
}
