import type { Checked } from "../../kit/checked.ts";
import type { EncryptionConfiguration } from "@aws-sdk/client-sfn";

/** How a resource is encrypted that names no key of its own. */
export const AWS_OWNED: Checked<EncryptionConfiguration> = { type: "AWS_OWNED_KEY" };
