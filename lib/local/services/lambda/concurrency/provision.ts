import type { Lambda } from "../context.ts";
import type { FunctionRef } from "../functions/names.ts";
import { keyOf } from "../lambda-state.ts";

/** How long it takes at least; on AWS a minute or more. */
const PROVISION_MS = 1_000;

/** Where a configuration is kept: by function, and version or alias. */
export function keyOfConfig(ref: FunctionRef): string {
  return `${keyOf(ref)}/${ref.qualifier}`;
}

/** Initialises an environment, and ends the configuration's progress by whether that worked. */
export function provisionSoon(lambda: Lambda, ref: FunctionRef): void {
  provision(lambda, ref).catch((error: unknown) => {
    if (!lambda.closing.aborted) lambda.cloud.log(`lambda: ${String(error)}`);
  });
}

/** Resumes allocations that were in progress when the cloud was stopped or killed. */
export function provisionLeftovers(lambda: Lambda): void {
  for (const [key, { status }] of lambda.state.provisioned.list()) {
    if (status !== "IN_PROGRESS") continue;
    const [region = "", name = "", qualifier] = key.split("/");
    provisionSoon(lambda, { region, name, account: lambda.cloud.account, qualifier });
  }
}

async function provision(lambda: Lambda, ref: FunctionRef): Promise<void> {
  const key = keyOfConfig(ref);
  const begun = lambda.state.provisioned.get(key);
  await lambda.cloud.clock.sleep(PROVISION_MS, lambda.closing);
  if (begun === undefined || lambda.state.provisioned.get(key) !== begun) return;
  const failure = await lambda.host.prepare(await lambda.specs.specOf(ref, lambda.state.version(ref)));
  // Another request may have come, or the cloud may have been stopped meanwhile.
  if (lambda.closing.aborted || lambda.state.provisioned.get(key) !== begun) return;
  const { wanted, modifiedMs } = begun;
  lambda.state.provisioned.put(
    key,
    failure === undefined
      ? { wanted, modifiedMs, status: "READY" }
      : { wanted, modifiedMs, status: "FAILED", reason: "FUNCTION_ERROR_INIT_FAILURE" },
  );
}
