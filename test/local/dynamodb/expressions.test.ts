import { describe, expect, test } from "vitest";
import { meetsCondition } from "../../../lib/local/services/dynamodb/expressions/evaluate-condition.ts";
import { readKeyCondition } from "../../../lib/local/services/dynamodb/expressions/key-condition.ts";
import { parseExpressions } from "../../../lib/local/services/dynamodb/expressions/request-expressions.ts";
import { applyUpdate } from "../../../lib/local/services/dynamodb/expressions/apply-update.ts";
import { project } from "../../../lib/local/services/dynamodb/expressions/project.ts";
import { checkItem } from "../../../lib/local/services/dynamodb/values/check-value.ts";

const VALUES = {
  ":s": { S: "b" },
  ":t": { S: "a" },
  ":n": { N: "1" },
  ":l": { L: [{ S: "z" }] },
  ":ss": { SS: ["x"] },
};
const NAMES = { "#a": "a", "#b": "b" };

/** Only the placeholders that the text uses, as the others would be refused. */
function placeholders(text: string) {
  const used = <T extends object>(all: T) => {
    const entries = Object.entries(all).filter(([key]) => new RegExp(`${key}\\b`).test(text));
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  };
  return { ExpressionAttributeNames: used(NAMES), ExpressionAttributeValues: used(VALUES) };
}

const condition = (text: string) => parseExpressions({ ConditionExpression: text, ...placeholders(text) }).condition!;
const update = (text: string) => parseExpressions({ UpdateExpression: text, ...placeholders(text) }).update!;
const projection = (text: string) =>
  parseExpressions({ ProjectionExpression: text, ...placeholders(text) }).projection!;
const keyCondition = (text: string) =>
  readKeyCondition(parseExpressions({ KeyConditionExpression: text, ...placeholders(text) }).keyCondition!);

describe("a condition", () => {
  const item = checkItem({
    a: { S: "b" },
    n: { N: "10" },
    doc: { M: { seq: { L: [{ N: "1" }, { S: "x" }] } } },
    tags: { SS: ["x", "y"] },
    flag: { BOOL: true },
    nothing: { NULL: true },
  });

  test.each([
    ["a = :s", true],
    ["a <> :t AND NOT a = :t", true],
    ["absent <> :s", true],
    ["absent = :s", false],
    ["n > :n", true],
    ["n > :s", false],
    ["a BETWEEN :t AND :s", true],
    ["a IN (:t, :s)", true],
    ["attribute_exists(doc.seq[1]) AND attribute_not_exists(doc.seq[2])", true],
    ["begins_with(a, :s) OR attribute_exists(zzz)", true],
    ["contains(tags, :t)", false],
    ["size(tags) > :n", true],
    ["size(absent) > :n", false],
    ["(a = :s OR a = :t) AND flag = flag2", false],
    ["NOT (a = :t OR a = :n)", true],
    ["a = :s and not n < :n", true],
  ])("%s is %s", (text, expected) => {
    expect(meetsCondition(item, condition(text))).toBe(expected);
  });

  test.each([
    ["", "The expression can not be empty;"],
    ["a = = :s", 'Syntax error; token: "=", near: "= = :s"'],
    ["a =", 'Syntax error; token: "<EOF>", near: "="'],
    ["_hidden = :s", 'Syntax error; token: "_", near: "_hidden"'],
    ["attribute_exists([1])", 'Syntax error; token: "[", near: "([1"'],
    ["a = :s)", 'Syntax error; token: ")", near: ":s)"'],
    ["((a = :s))", "The expression has redundant parentheses;"],
    ["begin(a, :s)", "Invalid function name; function: begin"],
    ["if_not_exists(a, :s) = :s", "The function is not allowed in a condition expression; function: if_not_exists"],
    ["contains(a, :s) = :s", "The function is not allowed to be used this way in an expression; function: contains"],
    ["size(a)", "The function is not allowed to be used this way in an expression; function: size"],
    ["name = :s", "Attribute name is a reserved keyword; reserved keyword: name"],
    ["#zz = :s", "An expression attribute name used in the document path is not defined; attribute name: #zz"],
    [
      "attribute_type(a, :s)",
      "Invalid attribute type name found; type: b, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
    ],
    ["a = :zz", "An expression attribute value used in expression is not defined; attribute value: :zz"],
    [
      "attribute_exists(a, :s)",
      "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
    ],
    ["attribute_exists(:s)", "Operator or function requires a document path; operator or function: attribute_exists"],
    [
      "begins_with(a, :n)",
      "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
    ],
    ["a < :ss", "Incorrect operand type for operator or function; operator or function: <, operand type: SS"],
    [
      "a.b = #a.b",
      "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a, b]",
    ],
    [
      "a BETWEEN :s AND :t",
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
        "lower bound operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: {S:a}",
    ],
    [
      "a BETWEEN :n AND :s",
      "The BETWEEN operator requires same data type for lower and upper bounds; " +
        "lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:b}",
    ],
  ])("fails when it is: %s", (text, message) => {
    expect(() => condition(text)).toThrow(`Invalid ConditionExpression: ${message}`);
  });
});

describe("an update", () => {
  const item = checkItem({
    pk: { S: "p" },
    n: { N: "1" },
    seq: { L: [{ S: "0" }, { S: "1" }, { S: "2" }, { S: "3" }] },
    doc: { M: { deep: { N: "5" } } },
    tags: { SS: ["x", "y"] },
  });

  test.each([
    ["SET n = n + :n", { n: { N: "2" } }],
    ["SET n = :n - n", { n: { N: "0" } }],
    ["SET doc.added = :s, doc.deep = doc.deep + :n", { doc: { M: { deep: { N: "6" }, added: { S: "b" } } } }],
    ["SET seq = list_append(:l, seq)", { seq: { L: [{ S: "z" }, ...["0", "1", "2", "3"].map((S) => ({ S }))] } }],
    ["SET seq[9] = :s", { seq: { L: [...["0", "1", "2", "3"].map((S) => ({ S })), { S: "b" }] } }],
    ["REMOVE seq[0], seq[2]", { seq: { L: [{ S: "1" }, { S: "3" }] } }],
    ["REMOVE seq[0] SET seq[1] = :s", { seq: { L: [{ S: "b" }, { S: "2" }, { S: "3" }] } }],
    ["SET fresh = if_not_exists(fresh, :n) ADD n :n", { fresh: { N: "1" }, n: { N: "2" } }],
    ["DELETE tags :ss", { tags: { SS: ["y"] } }],
    ["ADD tags :ss, more :ss", { more: { SS: ["x"] } }],
    ["remove n", { n: undefined }],
  ])("does %s", (text, changes) => {
    const expected = Object.fromEntries(
      Object.entries({ ...item, ...changes }).filter(([, value]) => value !== undefined),
    );
    expect({ ...applyUpdate(item, update(text)) }).toEqual(expected);
  });

  test("leaves the item that it is given as it was", () => {
    const before = JSON.stringify(item);
    applyUpdate(item, update("SET seq[0] = :s, doc.deep = :n REMOVE seq[1] DELETE tags :ss"));
    expect(JSON.stringify(item)).toBe(before);
  });

  test.each([
    ["INVALID SYNTAX HERE", 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'],
    ["ADD hits : incr", 'Syntax error; token: ":", near: "hits : incr"'],
    ["SET a = :s, #,", 'Syntax error; token: "#", near: ", #,"'],
    ["SET a = :s SET b = :s", 'The "SET" section can only be used once in an update expression;'],
    ["SET size = :s", "Attribute name is a reserved keyword; reserved keyword: size"],
    ["SET a = size(b)", "The function is not allowed in an update expression; function: size"],
    [
      "SET a.b = :s, #a = :s",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]",
    ],
    [
      "SET a.b = :s, a[1] = :s",
      "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]",
    ],
    [
      "ADD a :s",
      "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
    ],
    ["SET a = b + :s", "Incorrect operand type for operator or function; operator or function: +, operand type: S"],
    [
      "SET a = list_append(b, :n)",
      "Incorrect operand type for operator or function; operator or function: list_append, operand type: N",
    ],
  ])("fails when it is: %s", (text, message) => {
    expect(() => update(text)).toThrow(`Invalid UpdateExpression: ${message}`);
  });

  test.each([
    ["SET x = absent", "The provided expression refers to an attribute that does not exist in the item"],
    ["SET n = pk + :n", "An operand in the update expression has an incorrect data type"],
    ["ADD pk :n", "An operand in the update expression has an incorrect data type"],
    ["SET absent.deep = :s", "The document path provided in the update expression is invalid for update"],
    ["SET doc[0] = :s", "The document path provided in the update expression is invalid for update"],
    ["REMOVE pk.deep", "The document path provided in the update expression is invalid for update"],
  ])("fails on the item when it is: %s", (text, message) => {
    expect(() => applyUpdate(item, update(text))).toThrow(message);
  });
});

describe("a projection", () => {
  test("keeps the places of maps and lists, without gaps", () => {
    const item = checkItem({
      a: { M: { x: { N: "1" }, y: { N: "2" } } },
      b: { L: [{ S: "0" }, { M: { c: { S: "1" }, d: { S: "2" } } }, { S: "3" }] },
    });
    expect({ ...project(item, projection("a.y, b[2], b[1].c, absent.x")) }).toEqual({
      a: { M: { y: { N: "2" } } },
      b: { L: [{ M: { c: { S: "1" } } }, { S: "3" }] },
    });
  });

  test("fails when two paths are one", () => {
    expect(() => projection("a, #a")).toThrow(
      "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
    );
  });
});

describe("a key condition", () => {
  test.each([
    ["a = :s OR b = :s", "Invalid operator used in KeyConditionExpression: OR"],
    ["a <> :s", "Invalid operator used in KeyConditionExpression: <>"],
    ["NOT a = :s", "Invalid operator used in KeyConditionExpression: NOT"],
    ["a IN (:s)", "Invalid operator used in KeyConditionExpression: IN"],
    ["attribute_exists(a)", "Invalid operator used in KeyConditionExpression: attribute_exists"],
    ["size(a) = :n", "KeyConditionExpressions cannot contain nested operations"],
    ["a = :s AND a = :t", "KeyConditionExpressions must only contain one condition per key"],
    ["a = b", "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"],
    [":s = :t", "Invalid condition in KeyConditionExpression: No key attribute specified"],
    ["a.b = :s", "KeyConditionExpressions cannot have conditions on nested attributes"],
    [
      "begins_with(:s, a)",
      "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand",
    ],
  ])("fails when it is: %s", (text, message) => {
    expect(() => keyCondition(text)).toThrow(message);
  });

  test("may have its value first", () => {
    expect(keyCondition("a = :s AND :n < b").get("b")).toEqual({ operator: ">", values: [{ N: "1" }] });
  });
});

describe("names and values", () => {
  const parse = (extra: object) => () => parseExpressions({ ConditionExpression: "attribute_exists(a)", ...extra });

  test.each([
    [{ ExpressionAttributeNames: {} }, "ExpressionAttributeNames must not be empty"],
    [{ ExpressionAttributeValues: {} }, "ExpressionAttributeValues must not be empty"],
    [{ ExpressionAttributeNames: { a: "a" } }, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'],
    [
      { ExpressionAttributeValues: { v: { S: "a" } } },
      'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"',
    ],
    [
      { ExpressionAttributeValues: { ":v": {} } },
      "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :v",
    ],
    [
      { ExpressionAttributeNames: { "#u": "u", "#v": "v" } },
      "Value provided in ExpressionAttributeNames unused in expressions: keys: {#u, #v}",
    ],
    [
      { ExpressionAttributeValues: { ":u": { S: "u" } } },
      "Value provided in ExpressionAttributeValues unused in expressions: keys: {:u}",
    ],
  ])("fail when they are %j", (extra, message) => {
    expect(parse(extra)).toThrow(message);
  });
});
