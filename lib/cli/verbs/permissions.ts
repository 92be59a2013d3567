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
    { flags: "--check", description: "compare with what the caller may do, and end with 1 where something is missing" },
    { flags: "--driver", description: "the policy of the app's ReleaseDriver instead" },
    { flags: "--functions", description: "what each function of the app may do instead, and what could be narrower" },
    {
      flags: "--ci <provider>",
      description: "a CloudFormation template of a role for a pipeline, which it takes by OpenID Connect",
      choices: ["github", "gitlab"],
    },
    { flags: "--repo <owner/name>", description: "the repository whose pipeline takes the role" },
    { flags: "--branch <name>", description: "let only this branch take the role; every branch by default" },
    { flags: "--environment <name>", description: "let only jobs of this GitHub environment take the role" },
    { flags: "--gitlab-host <host>", description: "GitLab's address; gitlab.com by default" },
    { flags: "--role-name <name>", description: "the role's name; tidegate-<stage> by default" },
  ],
  run: async (options, context) => (await import("./permissions-run.ts")).runPermissions(options, context),
};
