/**
 * Holds the analysis to what it promises, by simulation:
 *
 *     npm run bench:analysis -- --releases 10000 --seed 1
 *
 * Healthy releases that are rolled back by mistake, beside the promised rate; and how many invocations of a bad version
 * it takes to find it, beside the test as the paper writes it. `--record` writes the tables into docs/reliability.md.
 */
import { parseArgs } from "node:util";
import { type CanaryTraffic, countFalseAlarms, measureDetection, paperTest } from "../test/release/canary-study.ts";
import { HEALTHY, steadyTraffic } from "../test/release/canary-traffic.ts";
import { recordSection } from "./record-section.ts";

const { values } = parseArgs({
  options: {
    releases: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    record: { type: "boolean", default: false },
  },
});
const releases = Number(values.releases);
const seed = Number(values.seed);

const STABLE_RATE = 0.001;
const BAD_RATES = [0.01, 0.02, 0.05, 0.1, 0.2];
const SHARES = [0.01, 0.05, 0.1, 0.25, 0.5];
const DETECTIONS = 1_000;
const LONGEST_MINUTES = 600;

const lines = [
  `\`npm run bench:analysis -- --releases ${releases} --seed ${seed}\`. Every release is looked at once a minute, for 15`,
  "minutes when it is healthy; 1,000 invocations of a function a minute. Where the line says otherwise, it holds.",
  "",
  `| ${new Intl.NumberFormat("en-US").format(releases)} healthy releases each | functions | rolled back by mistake | promised | the paper's test |`,
  "| --- | ---: | ---: | ---: | ---: |",
  ...Object.entries(HEALTHY).flatMap(([name, traffic]) =>
    [1, 3].map((functions) => healthyLine(name, traffic, functions)),
  ),
  "",
  `The new version fails as often as the first column says, the stable one ${show(STABLE_RATE)}. Invocations of the new version until`,
  `it is found: median, and within how many nine of ten are found (${DETECTIONS} releases a line). Whole minutes: the first look already has`,
  "10 invocations of the new version at a canary of 1 %, and 500 at one of 50 %.",
  "",
  "| fails | canary | alone: median | 9 of 10 | among 20 functions: median | 9 of 10 | the paper's test, alone: median | 9 of 10 |",
  "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
  ...BAD_RATES.flatMap((rate) => SHARES.map((share) => detectionLine(rate, share))),
];
console.log(lines.join("\n"));
if (values.record) recordSection("analysis", lines.join("\n"));

function healthyLine(name: string, traffic: CanaryTraffic, functions: number): string {
  const study = { traffic, releases, functions, falseAlarmRate: 0.01, seed };
  const ours = countFalseAlarms(study);
  const paper = countFalseAlarms({ ...study, test: paperTest });
  return `| ${name} | ${functions} | ${show(ours)} | 1.00 % | ${show(paper)} |`;
}

function detectionLine(rate: number, share: number): string {
  const traffic = steadyTraffic({ share, next: rate, stable: STABLE_RATE, minutes: LONGEST_MINUTES });
  const study = { traffic, releases: DETECTIONS, falseAlarmRate: 0.01, seed };
  const alone = measureDetection({ ...study, functions: 1 });
  const among = measureDetection({ ...study, functions: 20 });
  const paper = measureDetection({ ...study, functions: 1, test: paperTest });
  const figures = [alone, among, paper].flatMap((needed) => [needed[DETECTIONS * 0.5]!, needed[DETECTIONS * 0.9]!]);
  return `| ${rate * 100} % | ${share * 100} % | ${figures.map(showCount).join(" | ")} |`;
}

function show(rate: number): string {
  return `${(rate * 100).toFixed(2)} %`;
}

function showCount(count: number): string {
  return Number.isFinite(count) ? new Intl.NumberFormat("en-US").format(count) : `not in ${LONGEST_MINUTES} minutes`;
}
