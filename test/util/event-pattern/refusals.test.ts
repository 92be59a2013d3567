import { expect, test } from "vitest";
import { EventPattern, tryFindPatternProblem } from "../../../lib/util/event-pattern/event-pattern.ts";
import { EventPatternError } from "../../../lib/util/event-pattern/pattern-error.ts";

/** As recorded from AWS (2024 and 2025), with the place that AWS names: the column behind what its parser has read. */
const REFUSED: [pattern: string, reason: string, column: number, times?: number][] = [
  ['{"resources": []}', "Empty arrays are not allowed", 17],
  ['{"int": 42}', '"int" must be an object or an array', 11],
  ['{"string": "my-value"}', '"string" must be an object or an array', 13],
  ['{"my_key": [{"EXISTS": true}]}', "Unrecognized match type EXISTS", 28],
  ['{"detail": {"equal": [{"NUMERIC": ["=", 5]}]}}', "Unrecognized match type NUMERIC", 36],
  ['{"detail": {"c-count": [{"numeric": [">", 0, "<"]}]}}', "Value of < must be numeric", 50],
  ['{"time": [{"prefix": ["2022-07-13"]}]}', "prefix match pattern must be a string", 23],
  ['{"detail": {"sourceIPAddress": [{"cidr": ["bad-type"]}]}}', "prefix match pattern must be a string", 43],
  ['{"EventBusArn": [{"wildcard": 123}]}', "wildcard match pattern must be a string", 34],
  [
    '{"detail-type": [{"equals-ignore-case": {"prefix": "ec2"}}]}',
    "equals-ignore-case match pattern must be a string",
    42,
  ],
  [
    '{"detail": {"state": [{"anything-but": ["stopped", null]}]}}',
    "Inside anything but list, start|null|boolean is not supported.",
    56,
    2,
  ],
  [
    '{"detail": {"state": [{"anything-but": null}]}}',
    "Value of anything-but must be an array or single string/number value.",
    44,
  ],
  ['{"detail": {"FileName": [{"anything-but": {"prefix": ""}}]}}', "Null prefix/suffix not allowed", 56],
  ['{"detail": {"FileName": [{"anything-but": {"suffix": ""}}]}}', "Null prefix/suffix not allowed", 56],
  [
    '{"detail": {"FileName": [{"anything-but": {"suffix": {"equals-ignore-case": ".png"}}}]}}',
    "Value of anything-but must be an array or single string/number value.",
    55,
  ],
  [
    '{"detail": {"FileName": [{"anything-but": {"suffix": [123, ".txt"]}}]}}',
    "prefix/suffix match pattern must be a string",
    58,
    2,
  ],
  [
    '{"detail": {"state": [{"anything-but": {"wildcard": [123, "*/dir/*"]}}]}}',
    "wildcard match pattern must be a string",
    57,
    2,
  ],
  ['{"detail": {"FilePath": [{"anything-but": {"wildcard": 123}}]}}', "wildcard match pattern must be a string", 59],
  ['["not", "a", "dict", "but valid json"]', "Filter is not an object", 2],
  [
    '{"not": closed mark"',
    "Unrecognized token 'closed': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
    15,
  ],
  ["{'bad': 'quotation'}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 2],
];

test.each(REFUSED)("%s fails as AWS says it, with the place", (pattern, reason, column, times = 1) => {
  const place = `\n at [Source: (String)"${pattern}"; line: 1, column: ${column}]`;
  expect(tryFindPatternProblem(pattern)).toBe(reason + place.repeat(times));
});

test.each([
  ['{"a": [{"cidr": "bad-/64filter"}]}', "Malformed CIDR, mask bits must be an integer"],
  ['{"a": [{"cidr": "bad"}]}', "Malformed CIDR, one '/' required"],
  ['{"a": [{"cidr": "xx.0.0.0/8"}]}', "Nonstandard IP address: xx.0.0.0"],
  ['{"a": [{"cidr": "10.0.0.0/32"}]}', "IPv4 mask bits must be < 32"],
])("%s fails without a place", (pattern, reason) => {
  expect(tryFindPatternProblem(pattern)).toBe(reason);
});

test.each([
  ["{}", "Empty objects are not allowed"],
  ['{"a": {"b": {}}}', "Empty objects are not allowed"],
  ['{"a": [["x"]]}', "Match value must be String, number, true, false, or null"],
  ['{"a": [{}]}', "Match expression name not found"],
  ['{"a": [{"prefix": "x", "suffix": "y"}]}', "Only one key allowed in match expression"],
  ['{"a": [{"numeric": []}]}', "Invalid member in numeric match: ]"],
  ['{"a": [{"numeric": ["<", 5, ">", 1]}]}', "Too many elements in numeric expression"],
  ['{"a": [{"exists": "yes"}]}', "exists match pattern must be either true or false."],
  ['{"a": [{"anything-but": ["x", 1]}]}', "Inside anything but list, either all values are number or string"],
  ['{"a": [{"anything-but": {"cidr": "x"}}]}', "Unsupported anything-but pattern: cidr"],
  ['{"a": [{"wildcard": "a**b"}]}', "Consecutive wildcard characters at pos 2"],
  ['{"a": [{"wildcard": "*:*:*:*:*:event-bus/*"}]}', "Rule is too complex - try using fewer wildcard characters"],
  ['{"$or": [{"a": [1]}]}', "There must have at least 2 Objects in $or relationship."],
  ['{"$or": [{"a": [1]}, 2]}', "Only JSON object is allowed in array of $or relationship."],
  ['{"$or": {"a": [1]}}', "It must be an Array followed with $or."],
  ['{"$or": [{"prefix": ["x"]}, {"a": [1]}]}', "prefix is Ruler reserved fieldName which cannot be used inside $or."],
  ['{"a": ["x"}', "Unexpected character ('}' (code 125)): was expecting comma to separate Array entries"],
  ['{"a": ["x"]', "Unexpected end-of-input: expected close marker for Object"],
  ["", "Filter is not an object"],
])("%s fails by AWS's rule compiler", (pattern, reason) => {
  expect(tryFindPatternProblem(pattern)).toContain(reason);
});

test("a refusal points to the field", () => {
  const problem = (() => {
    try {
      return new EventPattern('{"detail": {"a/b": {"c": "x"}}}');
    } catch (error) {
      return error;
    }
  })();
  expect(problem).toBeInstanceOf(EventPatternError);
  expect((problem as EventPatternError).pointer).toBe("/detail/a~1b/c");
});
