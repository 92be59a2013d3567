import { inRole } from "./in-role.ts";
import { isAwsError } from "../../../aws-error.ts";
import type { ChildOutcome } from "../records.ts";
import { effectiveInput } from "./data-flow.ts";
import { type Attempt, fillValue } from "./scope.ts";
import { StatesError } from "./states-error.ts";

/** Where results go, worked out. */
export interface WriterPlan {
  readonly location?: { readonly Bucket: string; readonly Prefix?: string };
  readonly transformation: "NONE" | "COMPACT" | "FLATTEN";
  readonly asLines: boolean;
}

/** Reads a Map's `ResultWriter`: whether, where and in which form results are written to S3. */
export async function planWriting(attempt: Attempt): Promise<WriterPlan> {
  const writer = attempt.state.ResultWriter;
  const config = (writer?.["WriterConfig"] ?? {}) as { Transformation?: string; OutputType?: string };
  const field = attempt.language === "JSONata" ? "Arguments" : "Parameters";
  const exported = writer?.["Resource"] !== undefined;
  const fallback = exported ? "NONE" : "COMPACT";
  return {
    transformation: (config.Transformation ?? fallback) as WriterPlan["transformation"],
    asLines: config.OutputType === "JSONL",
    ...(exported && {
      location: (await fillValue(attempt, writer[field], field, effectiveInput(attempt))) as {
        Bucket: string;
        Prefix?: string;
      },
    }),
  };
}

/** The results as `Transformation` says; failures are written whole. */
export function transform(outcomes: readonly ChildOutcome[], { transformation }: WriterPlan): unknown[] {
  return outcomes.flatMap((outcome) => {
    if (transformation === "NONE" || outcome.status !== "SUCCEEDED") return [wholeOf(outcome)];
    const output = JSON.parse(outcome.output ?? "null") as unknown;
    return transformation === "FLATTEN" && Array.isArray(output) ? (output as unknown[]) : [output];
  });
}

const KINDS = ["SUCCEEDED", "FAILED", "PENDING"] as const;

/**
 * Writes the results and a manifest below the prefix and returns their place (developer guide, "Exporting to Amazon
 * S3"). Writing it twice, after a restart, has the same result.
 */
export async function writeResults(
  attempt: Attempt,
  mapRunArn: string,
  outcomes: readonly ChildOutcome[],
  plan: WriterPlan,
): Promise<unknown> {
  const { Bucket, Prefix = "" } = plan.location!;
  const folder = `${Prefix === "" || Prefix.endsWith("/") ? Prefix : `${Prefix}/`}${mapRunArn.split(":").at(-1)}`;
  const files: Record<string, { Key: string; Size: number }[]> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  for (const kind of KINDS) {
    const some = outcomes.filter((outcome) => kindOf(outcome) === kind);
    if (some.length === 0) continue;
    const Key = `${folder}/${kind}_0.${plan.asLines ? "jsonl" : "json"}`;
    files[kind]!.push({ Key, Size: await put(attempt, Bucket, Key, render(transform(some, plan), plan)) });
  }
  const Key = `${folder}/manifest.json`;
  const manifest = { DestinationBucket: Bucket, MapRunArn: mapRunArn, ResultFiles: files };
  await put(attempt, Bucket, Key, JSON.stringify(manifest));
  return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket, Key } };
}

function kindOf({ status }: ChildOutcome): (typeof KINDS)[number] {
  return status === "SUCCEEDED" ? "SUCCEEDED" : status === "RUNNING" ? "PENDING" : "FAILED";
}

function render(results: readonly unknown[], { asLines }: WriterPlan): string {
  return asLines ? results.map((result) => `${JSON.stringify(result)}\n`).join("") : JSON.stringify(results);
}

async function put({ run }: Attempt, Bucket: string, Key: string, text: string): Promise<number> {
  const Body = Buffer.from(text);
  try {
    await run.cloud.call("s3", "PutObject", { Bucket, Key, Body }, inRole(run));
  } catch (error) {
    if (isAwsError(error)) throw new StatesError("States.ResultWriterFailed", error.message);
    throw error;
  }
  return Body.length;
}

function wholeOf(outcome: ChildOutcome): object {
  const time = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
  return {
    ExecutionArn: outcome.arn,
    Input: outcome.input,
    InputDetails: { Included: true },
    Name: outcome.name,
    ...(outcome.output !== undefined && { Output: outcome.output, OutputDetails: { Included: true } }),
    ...(outcome.error !== undefined && { Error: outcome.error }),
    ...(outcome.cause !== undefined && { Cause: outcome.cause }),
    StartDate: time(outcome.startedMs),
    StateMachineArn: outcome.machineArn,
    Status: outcome.status,
    StopDate: time(outcome.stoppedMs),
  };
}
