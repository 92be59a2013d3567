import { ASSEMBLY_FLAG, CONTEXT_FLAG, STAGE_FLAG } from "../flags.ts";
import type { Verb } from "../verb.ts";

/** `tidegate synth`: the app becomes a cloud assembly on disk. */
export const synthVerb: Verb = {
  name: "synth",
  summary: "run the app and write its cloud assembly (templates, bundles, release metadata)",
  flags: [
    STAGE_FLAG,
    CONTEXT_FLAG,
    {
      flags: "-o, --output <folder>",
      description: "where the assembly goes; `output` of cdk.json, or cdk.out, by default",
    },
    {
      flags: "--validate",
      description: "check the templates with aws-cdk-lib; `deploy` does so in parallel for all stages except `local`",
    },
  ],
  run: async (options, context) => (await import("./synth-run.ts")).runSynth(options, context),
};

/** Flags of the verbs that synthesise first. */
export const SYNTH_FLAGS = [STAGE_FLAG, ASSEMBLY_FLAG, CONTEXT_FLAG];
