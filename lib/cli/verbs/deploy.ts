import { PARAMETER_FLAG, PORT_FLAG, STACKS_ARGUMENT } from "../flags.ts";
import type { Verb } from "../verb.ts";
import { SYNTH_FLAGS } from "./synth.ts";

/** `tidegate deploy`: stacks and traffic, as one release. */
export const deployVerb: Verb = {
  name: "deploy",
  summary: "bundle, update the stacks, and move all aliases to the new versions together",
  arguments: [STACKS_ARGUMENT],
  flags: [
    ...SYNTH_FLAGS,
    PORT_FLAG,
    PARAMETER_FLAG,
    {
      flags: "--rollout <policy>",
      description: "a policy that replaces the app's, for example AllAtOnce or Canary10Percent5Minutes",
    },
    {
      flags: "--require-approval <when>",
      description:
        "which changes need approval; `dangerous` means wider permissions and lost data, the default outside of `local`",
      choices: ["any-change", "dangerous", "never"],
    },
    {
      flags: "--detach",
      description:
        "leave the release to the app's ReleaseDriver once the stacks are staged; watch it with `status --watch`",
    },
    {
      flags: "--real-time",
      description: "on the local cloud, keep the waits of the rollout; without it they are seconds",
    },
    { flags: "--allow-replacement", description: "continue although a live function or alias would be replaced" },
    {
      flags: "--allow-breaking-stage",
      description: "continue although the live versions lose something that they need before traffic moves",
    },
    {
      flags: "--override-alarm <name>",
      description: "start although this alarm is red; recorded in the journal; repeatable",
      repeatable: true,
    },
  ],
  run: async (options, context) => (await import("./deploy-run.ts")).runDeploy(options, context),
};
