import { tryFindPatternProblem } from "./event-pattern.ts";
import { tryFindForeignOperator } from "./filter-dialect.ts";

const MOST_KEYS = 5;
const MOST_COMBINATIONS = 150;

type Policy = Readonly<Record<string, unknown>>;

/**
 * What is wrong with a filter policy of SNS, given as text: it is an event pattern without some of its operators, and
 * small. Undefined where nothing is. `scope` is `MessageAttributes` or `MessageBody`.
 */
export function tryFindFilterProblem(text: string, scope: string): string | undefined {
  const problem = tryFindPatternProblem(text);
  if (problem !== undefined) return problem;
  const policy = JSON.parse(text) as Policy;
  const foreign = tryFindForeignOperator(text, policy);
  if (foreign !== undefined) return foreign;
  const size = measure(policy, 1);
  if (size.depth > 1 && scope !== "MessageBody") {
    return "Filter policy scope MessageAttributes does not support nested filter policy";
  }
  if (size.keys > MOST_KEYS) return `Filter policy can not have more than ${MOST_KEYS} keys`;
  return size.combinations > MOST_COMBINATIONS ? "Filter policy is too complex" : undefined;
}

interface PolicySize {
  readonly keys: number;
  readonly combinations: number;
  readonly depth: number;
}

/**
 * Each key counts its values times its level; keys multiply, alternatives of `$or` add up.
 * https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
function measure(policy: Policy, level: number): PolicySize {
  const total = { keys: 0, combinations: 1, depth: level };
  for (const [key, value] of Object.entries(policy)) {
    const size = measureValue(key, value, level);
    total.keys += size.keys;
    total.combinations *= size.combinations;
    total.depth = Math.max(total.depth, size.depth);
  }
  return total;
}

function measureValue(key: string, value: unknown, level: number): PolicySize {
  if (!Array.isArray(value)) return measure(value as Policy, level + 1);
  if (key !== "$or") return { keys: 1, combinations: value.length * level, depth: level };
  const branches = value.map((branch) => measure(branch as Policy, level));
  return {
    keys: branches.reduce((sum, { keys }) => sum + keys, 0),
    combinations: branches.reduce((sum, { combinations }) => sum + combinations, 0),
    depth: Math.max(...branches.map(({ depth }) => depth)),
  };
}
