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
import {
  callsUntilCollapse,
  COLLAPSES,
  type CollapseKind,
  COMPARED,
  type ComparedKind,
  comparedUntilStopped,
  fixedHorizonRule as fixedComparison,
  productCollapse,
  productRule as productComparison,
  repeatedRule as repeatedComparison,
  threeSigmaCollapse,
  threeSigmaRule as threeSigmaComparison,
} from "../test/release/compared-study.ts";
import { HEALTHY, steadyTraffic } from "../test/release/canary-traffic.ts";
import {
  fixedHorizonRule,
  invocationsUntilStopped,
  productRule,
  RELEASES,
  repeatedTestRule,
  type Rule,
  threeSigmaRule,
  type VersionKind,
} from "../test/release/judged-study.ts";
import { recordSection } from "./record-section.ts";

const { values } = parseArgs({
  options: {
    releases: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    part: { type: "string" },
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

const RULES: readonly Rule[] = [productRule, fixedHorizonRule, repeatedTestRule, threeSigmaRule];
/** How long a bad release is watched at most. */
const WATCHED_MINUTES = 60;
const HEALTHY_MINUTES = 15;

const judged = () => [
  "### Everything that is judged",
  "",
  "Errors, answers of 500 and above, and durations at p50, p90 and p99 (with a tolerance of 10 %) of one function, judged",
  "together as the product does: a canary of 10 %, 1,000 invocations a minute, looked at every minute. Beside it a test of",
  "two proportions on errors, answers and p99, at the same 1 % in all: asked once at the end, as it is meant to be, and",
  "asked at every look; and the rule that a minute beyond three standard deviations of the stable version's minutes is bad.",
  "",
  `| ${new Intl.NumberFormat("en-US").format(releases)} healthy releases each, ${HEALTHY_MINUTES} minutes | rolled back by mistake | promised | fixed horizon | the same at every look | three sigma |`,
  "| --- | ---: | ---: | ---: | ---: | ---: |",
  ...Object.entries(RELEASES.healthy).map(judgedHealthyLine),
  "",
  `Invocations of the new version until the release is stopped: median, and nine of ten (${DETECTIONS} releases a line, watched for`,
  `${WATCHED_MINUTES} minutes at most). The fixed horizon needs all ${WATCHED_MINUTES} minutes by design. The other two find a bad version soon because they`,
  "stop healthy ones too.",
  "",
  "| what is wrong | median | 9 of 10 | the same at every look: median | three sigma: median |",
  "| --- | ---: | ---: | ---: | ---: |",
  ...Object.entries(RELEASES.bad).map(judgedBadLine),
  "",
];

/** Each call is drawn by itself here: a tenth of the releases is enough. */
const comparedReleases = Math.max(100, releases / 10);
const comparedDetections = 200;
const compared = () => [
  "### Metrics of the app",
  "",
  "One metric of one function by `Rollout.compare`, at a fifth of the release's 1 %: a canary of 10 %, 1,000 calls a minute,",
  "looked at every minute. Beside it Welch's test of the minutes' means at the same rate, asked once at the end and at every",
  "look; and the rule of three standard deviations.",
  "",
  `| ${new Intl.NumberFormat("en-US").format(comparedReleases)} healthy releases each, ${HEALTHY_MINUTES} minutes | rolled back by mistake | promised | fixed horizon | the same at every look | three sigma |`,
  "| --- | ---: | ---: | ---: | ---: | ---: |",
  ...Object.entries(COMPARED.healthy).map(comparedHealthyLine),
  "",
  "For an expression that is not a ratio of counts, the rate is not promised where a healthy version is beyond the tolerance in more than half",
  "of the minutes: the last line is such a metric, and the reason to compare counts or averages of what is rare.",
  "",
  `| what is wrong (${comparedDetections} releases a line, ${WATCHED_MINUTES} minutes at most) | median of the new version's calls | 9 of 10 | the same at every look: median | three sigma: median |`,
  "| --- | ---: | ---: | ---: | ---: |",
  ...Object.entries(COMPARED.bad).map(comparedBadLine),
  "",
  "### A stage that breaks the stable version",
  "",
  "The stable version by itself, against the hour before the stage, at the same rate and looked at every minute.",
  "",
  `| ${new Intl.NumberFormat("en-US").format(comparedReleases)} healthy stages each, 30 minutes | aborted by mistake | promised | three sigma |`,
  "| --- | ---: | ---: | ---: |",
  ...Object.entries(COLLAPSES.healthy).map(collapseHealthyLine),
  "",
  "| what is wrong from the stage on | median of the stable version's calls | 9 of 10 |",
  "| --- | ---: | ---: |",
  ...Object.entries(COLLAPSES.bad).map(collapseBadLine),
];

const lines = () => [
  "### Errors alone",
  "",
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
/** What is recorded apart: `--part comparisons` runs the comparisons of metrics and the collapses alone. */
const PARTS: Readonly<Record<string, () => readonly string[]>> = {
  analysis: () => [...judged(), ...lines()],
  comparisons: () => [
    `\`npm run bench:analysis -- --part comparisons --releases ${releases} --seed ${seed}\`.`,
    "",
    ...compared(),
  ],
};

for (const [part, render] of Object.entries(PARTS)) {
  if (values.part !== undefined && values.part !== part) continue;
  const text = render().join("\n");
  console.log(text);
  if (values.record) recordSection(part, text);
}

function judgedHealthyLine([name, [next, stable]]: [string, readonly [VersionKind, VersionKind]]): string {
  const study = { next, stable, releases, minutes: HEALTHY_MINUTES, seed };
  const [ours, ...others] = RULES.map((rule) => {
    const stopped = invocationsUntilStopped({ ...study, rule });
    return show(stopped.filter(Number.isFinite).length / releases);
  });
  return `| ${[name, ours, "1.00 %", ...others].join(" | ")} |`;
}

function judgedBadLine([name, [next, stable]]: [string, readonly [VersionKind, VersionKind]]): string {
  const study = { next, stable, releases: DETECTIONS, minutes: WATCHED_MINUTES, seed };
  const stopped = [productRule, repeatedTestRule, threeSigmaRule].map((rule) =>
    invocationsUntilStopped({ ...study, rule }),
  );
  const [ours = [], ...others] = stopped;
  const figures = [ours[DETECTIONS * 0.5], ours[DETECTIONS * 0.9], ...others.map((needed) => needed[DETECTIONS * 0.5])];
  return `| ${name} | ${figures.map((count) => showCount(count, WATCHED_MINUTES)).join(" | ")} |`;
}

function comparedHealthyLine([name, kind]: [string, ComparedKind]): string {
  const study = { kind, releases: comparedReleases, minutes: HEALTHY_MINUTES, seed };
  const rules = [productComparison, fixedComparison, repeatedComparison, threeSigmaComparison];
  const [ours, ...others] = rules.map((rule) => {
    const stopped = comparedUntilStopped({ ...study, rule });
    return show(stopped.filter(Number.isFinite).length / comparedReleases);
  });
  const promised = name.startsWith("expression of rare") ? "none" : "0.20 %";
  return `| ${[name, ours, promised, ...others].join(" | ")} |`;
}

function comparedBadLine([name, kind]: [string, ComparedKind]): string {
  const study = { kind, releases: comparedDetections, minutes: WATCHED_MINUTES, seed };
  const [ours = [], ...others] = [productComparison, repeatedComparison, threeSigmaComparison].map((rule) =>
    comparedUntilStopped({ ...study, rule }),
  );
  const figures = [ours[comparedDetections * 0.5], ours[comparedDetections * 0.9]];
  const medians = others.map((needed) => needed[comparedDetections * 0.5]);
  return `| ${name} | ${[...figures, ...medians].map((count) => showCount(count, WATCHED_MINUTES)).join(" | ")} |`;
}

function collapseHealthyLine([name, kind]: [string, CollapseKind]): string {
  const rates = [productCollapse, threeSigmaCollapse].map((rule) => {
    const stopped = callsUntilCollapse({ kind, rule, releases: comparedReleases, minutes: 30, seed });
    return show(stopped.filter(Number.isFinite).length / comparedReleases);
  });
  return `| ${[name, rates[0], "0.20 %", rates[1]].join(" | ")} |`;
}

function collapseBadLine([name, kind]: [string, CollapseKind]): string {
  const study = { kind, rule: productCollapse, releases: DETECTIONS, minutes: WATCHED_MINUTES, seed };
  const needed = callsUntilCollapse(study);
  const figures = [needed[DETECTIONS * 0.5], needed[DETECTIONS * 0.9]];
  return `| ${name} | ${figures.map((count) => showCount(count, WATCHED_MINUTES)).join(" | ")} |`;
}

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
  return `| ${rate * 100} % | ${share * 100} % | ${figures.map((count) => showCount(count)).join(" | ")} |`;
}

function show(rate: number): string {
  return `${(rate * 100).toFixed(2)} %`;
}

function showCount(count = Number.POSITIVE_INFINITY, minutes = LONGEST_MINUTES): string {
  return Number.isFinite(count) ? new Intl.NumberFormat("en-US").format(count) : `not in ${minutes} minutes`;
}
