import { POLICY_NAMES, tryNamedPolicy } from "../assembly/named-policy.ts";
import type { RolloutPolicy } from "../assembly/release-metadata.ts";
import { UserError } from "../errors.ts";

/** The policy of `--rollout`. */
export function parsePolicy(name: string): RolloutPolicy {
  const policy = tryNamedPolicy(name);
  if (policy !== undefined) return { ...policy, finalBakeMs: 0 };
  throw new UserError(
    "UsageWrong",
    `There is no rollout policy ${JSON.stringify(name)}; there are ${POLICY_NAMES.join(", ")}`,
    {
      fix: "Use one of these, or one of the same form with other numbers, for example Canary5Percent2Minutes.",
    },
  );
}
