import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Bench, compare } from "./bench-table.ts";
import { type Cost, measure, medianOf } from "./measure.ts";
import { changeHandler, type SampleApp, writeSampleApp } from "./sample-app.ts";

const ROOT = resolve(import.meta.dirname, "..");
/** The command as it ships; `TIDEGATE` names another build of it to compare with. */
const TIDEGATE = process.env["TIDEGATE"] ?? join(ROOT, "dist/bin/tidegate.js");
const CDK = join(ROOT, "node_modules/aws-cdk/bin/cdk");
const SIZES = [1, 10, 100, 300];
/** The CDK's own bundling has no cache, so that its runs all cost the same; one is enough where it takes a minute. */
const peerRuns = (functions: number): number => (functions >= 100 ? 1 : 3);

/** Synthesis of apps of several sizes: nothing cached, nothing changed, one function changed; and the floor under it. */
export const synthBenches: Record<string, Bench> = Object.fromEntries(
  (["external", "bundled"] as const).flatMap((sdk) =>
    SIZES.flatMap((functions) => benchesOf(functions, sdk, `${functions}${sdk === "bundled" ? "-sdk" : ""}`)),
  ),
);

function benchesOf(functions: number, sdk: SampleApp["sdk"], suffix: string): [string, Bench][] {
  const app = (scratch: string) => writeSampleApp(join(scratch, `app-${suffix}`), functions, sdk);
  return [
    [
      `synth-cold-${suffix}`,
      async (scratch, runs) => compare(await cold(app(scratch), runs), await peer(app(scratch))),
    ],
    [
      `synth-warm-${suffix}`,
      async (scratch, runs) => compare(await warm(app(scratch), runs), await peer(app(scratch))),
    ],
    [
      `synth-changed-${suffix}`,
      async (scratch, runs) => compare(await changed(app(scratch), runs), await peer(app(scratch))),
    ],
    [
      `synth-floor-${suffix}`,
      async (scratch, runs) => compare(await cold(app(scratch), runs), await floor(app(scratch), runs)),
    ],
  ];
}

function ours({ folder }: SampleApp): Promise<Cost> {
  return measure({ arguments: [TIDEGATE, "synth", "--quiet"], folder });
}

function cold(app: SampleApp, runs: number): Promise<Cost> {
  return medianOf(runs, () => {
    for (const name of [".tidegate", "cdk.out"]) rmSync(join(app.folder, name), { recursive: true, force: true });
    return ours(app);
  });
}

async function warm(app: SampleApp, runs: number): Promise<Cost> {
  await ours(app);
  return medianOf(runs, () => ours(app));
}

async function changed(app: SampleApp, runs: number): Promise<Cost> {
  await ours(app);
  return medianOf(runs, (round) => {
    changeHandler(app, round);
    return ours(app);
  });
}

function peer({ folder, functions }: SampleApp): Promise<Cost> {
  const words = ["synth", "--quiet", "--app", "node peer.ts", "--output", "cdk.peer.out"];
  const path = `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`;
  return medianOf(peerRuns(functions), () =>
    measure({ arguments: [CDK, ...words], folder, environment: { PATH: path, CDK_DISABLE_VERSION_CHECK: "1" } }),
  );
}

function floor({ folder, functions, sdk }: SampleApp, runs: number): Promise<Cost> {
  const script = join(import.meta.dirname, "floor.ts");
  return medianOf(runs, () => measure({ arguments: [script, String(functions), sdk], folder }));
}
