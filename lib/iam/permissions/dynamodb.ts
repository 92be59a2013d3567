import type { FindPermissions, Permission, Place, RequestInput } from "./permission.ts";
import { isStructure, structureOf, structuresOf, textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const findDynamodbPermissions: FindPermissions = (operation, input, place) => {
  const special = MULTIPLE[operation];
  if (special !== undefined) return special(input, place);
  const action = `dynamodb:${operation}`;
  const table = textOf(
    input,
    "TableName",
    "ResourceArn",
    "TableArn",
    "StreamArn",
    "BackupArn",
    "ExportArn",
    "ImportArn",
  );
  const named = table ?? streamOfIterator(textOf(input, "ShardIterator"));
  if (named === undefined) return [{ action, resource: "*" }];
  const arn = tableArn(named, place);
  const index = textOf(input, "IndexName");
  const resource = index === undefined ? arn : `${arn}/index/${index}`;
  return [{ action, resource, facts: { ...factsOf(input), ...tagFacts(input) } }];
};

/** An iterator of DynamoDB Streams begins with the ARN of its stream. */
function streamOfIterator(iterator: string | undefined): string | undefined {
  return iterator?.startsWith("arn:") ? iterator.split("|")[0] : undefined;
}

/** Operations about several tables, or with actions of other names. */
const MULTIPLE: Readonly<Record<string, (input: RequestInput, place: Place) => readonly Permission[]>> = {
  BatchGetItem: (input, place) => batch("dynamodb:BatchGetItem", input, place),
  BatchWriteItem: (input, place) => batch("dynamodb:BatchWriteItem", input, place),
  TransactGetItems: (input, place) => transaction(input, place, { Get: "GetItem" }),
  TransactWriteItems: (input, place) =>
    transaction(input, place, {
      Put: "PutItem",
      Update: "UpdateItem",
      Delete: "DeleteItem",
      ConditionCheck: "ConditionCheckItem",
    }),
  ExecuteStatement: (input, place) => statement(input, place),
  BatchExecuteStatement: (input, place) => structuresOf(input, "Statements").flatMap((each) => statement(each, place)),
  ExecuteTransaction: (input, place) =>
    structuresOf(input, "TransactStatements").flatMap((each) => statement(each, place)),
};

function tableArn(named: string, { account, region }: Place): string {
  return named.startsWith("arn:") ? named : `arn:aws:dynamodb:${region}:${account}:table/${named}`;
}

function batch(action: string, input: RequestInput, place: Place): Permission[] {
  return Object.keys(structureOf(input, "RequestItems") ?? {}).map((table) => ({
    action,
    resource: tableArn(table, place),
  }));
}

/** Each part of a transaction needs the permission of its single operation. */
function transaction(input: RequestInput, place: Place, actions: Readonly<Record<string, string>>): Permission[] {
  const needed = structuresOf(input, "TransactItems").flatMap((item) =>
    Object.entries(actions).flatMap(([member, action]) => {
      const table = textOf(structureOf(item, member), "TableName");
      return table === undefined ? [] : [`dynamodb:${action} ${tableArn(table, place)}`];
    }),
  );
  return [...new Set(needed)].map((each) => {
    const [action = "", resource = ""] = each.split(" ");
    return { action, resource };
  });
}

const STATEMENTS: readonly (readonly [RegExp, string])[] = [
  [/^\s*SELECT\b.*?\bFROM\s+"?([\w.-]+)"?(?:\."?([\w.-]+)"?)?/is, "PartiQLSelect"],
  [/^\s*INSERT\s+INTO\s+"?([\w.-]+)"?/i, "PartiQLInsert"],
  [/^\s*UPDATE\s+"?([\w.-]+)"?/i, "PartiQLUpdate"],
  [/^\s*DELETE\s+FROM\s+"?([\w.-]+)"?/i, "PartiQLDelete"],
];

function statement(input: RequestInput, place: Place): Permission[] {
  const text = textOf(input, "Statement") ?? "";
  for (const [pattern, action] of STATEMENTS) {
    const [, table, index] = pattern.exec(text) ?? [];
    if (table === undefined) continue;
    const arn = tableArn(table, place);
    return [{ action: `dynamodb:${action}`, resource: index === undefined ? arn : `${arn}/index/${index}` }];
  }
  return [];
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
function factsOf(input: RequestInput): Record<string, readonly string[]> {
  const facts: Record<string, string | undefined> = {
    "dynamodb:select": textOf(input, "Select"),
    "dynamodb:returnvalues": textOf(input, "ReturnValues"),
    "dynamodb:returnconsumedcapacity": textOf(input, "ReturnConsumedCapacity"),
  };
  const keys = leadingKeys(input);
  return {
    ...Object.fromEntries(
      Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [[key, [value]] as const])),
    ),
    ...(keys.length > 0 && { "dynamodb:leadingkeys": keys }),
  };
}

/** The first key of `Key`; the key schema is not at hand, so a key of two attributes offers its first one. */
function leadingKeys(input: RequestInput): string[] {
  const key = structureOf(input, "Key");
  const [first] = Object.values(key ?? {});
  if (!isStructure(first)) return [];
  const value = textOf(first, "S", "N");
  return value === undefined ? [] : [value];
}
