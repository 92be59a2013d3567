import { type CfnElement, Reference, Stack, Token, Tokenization } from "aws-cdk-lib";
import type { IMetric, MetricConfig } from "aws-cdk-lib/aws-cloudwatch";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { type ComparisonQuery, type MetricComparison, VERSION_PLACEHOLDER } from "../assembly/release-metadata.ts";
import { brokenRules, type Rule } from "./problems.ts";
import { hasResource, tryRenderText } from "./render-text.ts";

/** How a metric of the new version is compared with the stable version's. */
export interface CompareOptions {
  /** Which values are good ones. */
  readonly direction: MetricComparison["direction"];
  /**
   * How much worse counts as alike: 0.1 for a tenth above (or below) the stable version's value.
   * @default 0.1
   */
  readonly tolerance?: number;
  /**
   * The function whose versions the metric is about: a `Function`, or its `lambda`.
   * @default - the function whose name is among the metric's dimensions
   */
  readonly of?: Construct;
}

/** A comparison, as `Rollout.compare` makes it. */
export interface RolloutComparison extends CompareOptions {
  readonly metric: IMetric;
}

/** A comparison that can be written into the template of the function it is about. */
export interface PlacedComparison {
  readonly function: CfnFunction;
  readonly render: () => MetricComparison;
}

/** Where a comparison belongs; or what is wrong with it, in sentences. */
export function placeComparison({ metric, of, direction, tolerance = 0.1 }: RolloutComparison): {
  readonly placed?: PlacedComparison;
  readonly problems: readonly string[];
} {
  const flat = flatten(metric);
  const name = nameOf(metric, flat);
  const owner = of === undefined ? ownerOf(flat) : functionIn(of);
  const problems = brokenRules({ flat, direction, tolerance, owner, of }, RULES).map((one) => `${name}: ${one}`);
  if (owner === undefined || problems.length > 0) return { problems };
  const unknown = flat.flatMap(({ config }) => unrenderable(config, owner)).map((one) => `${name}: ${one}`);
  const render = () => ({ name, direction, tolerance, queries: renderQueries(flat, owner) });
  return { problems: unknown, ...(unknown.length === 0 ? { placed: { function: owner, render } } : {}) };
}

/** One metric of an expression, with the id that the expression has for it. */
interface FlatMetric {
  readonly id: string;
  readonly config: MetricConfig;
}

interface Checked {
  readonly flat: readonly FlatMetric[];
  readonly direction: string;
  readonly tolerance: number;
  readonly owner: CfnFunction | undefined;
  readonly of: Construct | undefined;
}

/** An expression first, then what it refers to, and what that refers to. */
function flatten(metric: IMetric, id = "compared"): FlatMetric[] {
  const config = metric.toMetricConfig();
  const used = Object.entries(config.mathExpression?.usingMetrics ?? {});
  return [{ id, config }, ...used.flatMap(([name, one]) => flatten(one, name))];
}

function nameOf(metric: IMetric, [first]: readonly FlatMetric[]): string {
  const label = (metric as { readonly label?: string }).label;
  if (label !== undefined) return label;
  const { metricStat, mathExpression } = first?.config ?? {};
  if (metricStat !== undefined) return `${metricStat.metricName} (${metricStat.statistic})`;
  return mathExpression?.expression ?? "the expression";
}

/** The function that a dimension names. */
function ownerOf(flat: readonly FlatMetric[]): CfnFunction | undefined {
  return flat.flatMap(({ config }) => dimensionsOf(config).flatMap(({ value }) => functionsIn(value)))[0];
}

function functionsIn(value: string): CfnFunction[] {
  return Tokenization.reverseString(value).tokens.flatMap((token) =>
    Reference.isReference(token) && token.target instanceof CfnFunction ? [token.target] : [],
  );
}

function functionIn(construct: Construct): CfnFunction | undefined {
  return construct.node.findAll().find((one) => one instanceof CfnFunction);
}

function dimensionsOf({ metricStat }: MetricConfig): readonly { readonly name: string; readonly value: string }[] {
  return (metricStat?.dimensions ?? []).map(({ name, value }) => ({ name, value: String(value) }));
}

const COMPARED_STATISTICS = /^(Sum|SampleCount|Average|p(\d{1,2}(\.\d{1,10})?|100))$/;
const SEARCHING = /\b(SEARCH|METRICS|ANOMALY_DETECTION_BAND|INSIGHT_RULE_METRIC|SERVICE_QUOTA|LAMBDA|SELECT)\b/;

const RULES: readonly Rule<Checked>[] = [
  {
    when: ({ direction }) => direction !== "lower-is-better" && direction !== "higher-is-better",
    message: ({ direction }) =>
      `direction: ${JSON.stringify(direction)}. Give "lower-is-better" or "higher-is-better".`,
  },
  {
    when: ({ tolerance, direction }) => !(tolerance >= 0 && (direction === "lower-is-better" || tolerance < 1)),
    message: ({ tolerance, direction }) =>
      `tolerance: ${tolerance}. Give ${direction === "higher-is-better" ? "a number from 0 on and below 1" : "0 or more"}, such as 0.1 for a tenth.`,
  },
  {
    when: ({ flat }) => statisticsOf(flat).length === 0,
    message: () => "it has no metric of CloudWatch. Give a Metric, or a MathExpression whose usingMetrics names some.",
  },
  {
    when: ({ flat }) => statisticsOf(flat).length > 0 && !hasVersion(flat),
    message: ({ flat }) =>
      `no dimension names the version: it has ${dimensionNames(flat)}. Give the dimension that the function reports its version in, as { ExecutedVersion: Rollout.version }.`,
  },
  {
    when: ({ flat }) => judgedStatistic(flat) !== undefined && !COMPARED_STATISTICS.test(judgedStatistic(flat) ?? ""),
    message: ({ flat }) =>
      `statistic: ${judgedStatistic(flat)}. Give Sum, SampleCount, Average or a percentile such as p90; a minimum and a maximum depend on how many calls each version has.`,
  },
  {
    when: ({ flat }) => flat.some(({ config }) => SEARCHING.test(config.mathExpression?.expression ?? "")),
    message: () => "its expression looks for metrics. Name each metric in usingMetrics.",
  },
  {
    when: ({ flat }) => duplicateIds(flat).length > 0,
    message: ({ flat }) =>
      `two metrics of its expressions are called ${duplicateIds(flat).join(", ")}. Give each an id of its own in usingMetrics.`,
  },
  {
    when: ({ owner, of }) => owner === undefined && of === undefined,
    message: () =>
      "none of its dimensions names a function of this app. Give the function whose versions it is about, as `of: create`.",
  },
  {
    when: ({ owner, of }) => owner === undefined && of !== undefined,
    message: ({ of }) => `of: ${of?.node.path} is not a function. Give a Function of this app.`,
  },
];

function statisticsOf(flat: readonly FlatMetric[]) {
  return flat.flatMap(({ config }) => (config.metricStat === undefined ? [] : [config.metricStat]));
}

function hasVersion(flat: readonly FlatMetric[]): boolean {
  return flat.some(({ config }) => dimensionsOf(config).some(({ value }) => value.includes(VERSION_PLACEHOLDER)));
}

function dimensionNames(flat: readonly FlatMetric[]): string {
  const names = new Set(flat.flatMap(({ config }) => dimensionsOf(config).map(({ name }) => name)));
  return names.size === 0 ? "none" : [...names].join(", ");
}

/** Only a metric that is compared by itself: expressions may use any statistic. */
function judgedStatistic([first]: readonly FlatMetric[]): string | undefined {
  return first?.config.metricStat?.statistic;
}

function duplicateIds(flat: readonly FlatMetric[]): string[] {
  const ids = flat.map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

/** What is only known to CloudFormation, or is measured elsewhere than the function runs. */
function unrenderable(config: MetricConfig, owner: CfnFunction): string[] {
  const stack = Stack.of(owner);
  const { region, account, namespace = "", metricName = "" } = config.metricStat ?? {};
  const texts = [
    ["namespace", namespace],
    ["metric name", metricName],
    ...dimensionsOf(config).map(({ name, value }) => [`dimension ${name}`, value]),
  ] as const;
  const unknown = texts
    .filter(([, text]) => renderFor(stack, text) === undefined)
    .map(
      ([what]) =>
        `its ${what} is only known to CloudFormation, or belongs to another stack. Write it out, or refer to a resource of the stack ${stack.node.path}, as create.lambda.functionName does.`,
    );
  const elsewhere = [
    ["region", region, stack.region],
    ["account", account, stack.account],
  ] as const;
  return [
    ...unknown,
    ...elsewhere.flatMap(([what, given, own]) =>
      given === undefined || given === own || Token.isUnresolved(given) || Token.isUnresolved(own)
        ? []
        : [`its ${what} is ${given}, and the function's is ${own}. Take a metric of the function's own ${what}.`],
    ),
  ];
}

function renderFor(stack: Stack, text: string): string | undefined {
  return tryRenderText(stack.resolve(text), (id) => hasResource(stack, id));
}

function renderQueries(flat: readonly FlatMetric[], owner: CfnFunction): MetricComparison["queries"] {
  const stack = Stack.of(owner);
  const text = (value: string) => renderFor(stack, value) ?? "";
  const [first, ...others] = flat.map(({ id, config: { metricStat, mathExpression } }): ComparisonQuery => {
    if (metricStat === undefined) return { id, expression: mathExpression?.expression ?? "" };
    const { namespace, metricName, statistic, dimensions = [] } = metricStat;
    const named = dimensions.map(({ name, value }) => [name, text(String(value))]);
    return {
      id,
      namespace: text(namespace),
      metric: text(metricName),
      stat: statistic,
      dimensions: Object.fromEntries(named) as Record<string, string>,
    };
  });
  return [first ?? { id: "compared", expression: "" }, ...others];
}

/** The name that the function of a comparison has in its template. */
export function functionIdOf({ function: fn }: PlacedComparison): string {
  return Stack.of(fn).resolve((fn as CfnElement).logicalId) as string;
}
