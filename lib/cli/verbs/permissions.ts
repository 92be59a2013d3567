import { STACKS_ARGUMENT } from "../flags.ts";
import type { Verb } from "../verb.ts";
import { SYNTH_FLAGS } from "./synth.ts";

/** `tidegate permissions`: what deploys and releases of the app must be allowed. */
export const permissionsVerb: Verb = {
  name: "permissions",
  summary: "print the IAM policy that deploys and releases of the app need, ready to paste",
  arguments: [STACKS_ARGUMENT],
  flags: [
    ...SYNTH_FLAGS,
    { flags: "--check", description: "compare with the caller's permissions, and end with 1 if one is missing" },
    { flags: "--driver", description: "print the policy of the app's ReleaseDriver instead" },
    {
      flags: "--functions",
      description: "the permissions of each function of the app instead, and which could be narrower",
    },
    {
      flags: "--ci <provider>",
      description: "a CloudFormation template of a role that a pipeline assumes by OpenID Connect",
      choices: ["github", "gitlab"],
    },
    { flags: "--repo <owner/name>", description: "the repository whose pipeline assumes the role" },
    { flags: "--branch <name>", description: "allow only this branch to assume the role; every branch by default" },
    { flags: "--environment <name>", description: "allow only jobs of this GitHub environment to assume the role" },
    { flags: "--gitlab-host <host>", description: "GitLab's address; gitlab.com by default" },
    { flags: "--role-name <name>", description: "the role's name; tidegate-<stage> by default" },
  ],
  run: async (options, context) => (await import("./permissions-run.ts")).runPermissions(options, context),
};
