import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import { hash } from "node:crypto";
import type { ConditionCheck, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { encodeValue } from "../../../state/store-value.ts";
import type { Engine } from "../context.ts";
import { checkExpressionMembers } from "../expressions/request-expressions.ts";
import { RequestChecks } from "../request-checks.ts";
import { validationError } from "../errors.ts";
import { checkItem } from "../values/check-value.ts";
import { prepareDelete } from "./delete-item.ts";
import type { PreparedWrite } from "./prepared-write.ts";
import { preparePut } from "./put-item.ts";
import { reportWrites } from "./report-writes.ts";
import { checkReturnMembers } from "./return-members.ts";
import { checkOneOperationEach } from "./row-set.ts";
import { forEachAction, MOST_ACTIONS, MOST_TRANSACTION_BYTES } from "./transaction.ts";
import { prepareUpdate } from "./update-item.ts";
import { writeItems, type ItemChange } from "./write-item.ts";

/** Writes up to 100 items or none. `TransactionCanceledException` gives a reason for each action. */
export function transactWriteItems(
  engine: Engine,
  input: Input<"dynamodb", "TransactWriteItems">,
  context: RequestContext,
): Output<"dynamodb", "TransactWriteItems"> {
  checkMembers(input);
  if (isRepeated(engine, input, context)) return {};
  const actions = input.TransactItems.map((item) => prepareAction(engine, item, context));
  const places = forEachAction(actions, (action) => action.locate());
  checkOneOperationEach(actions.map(({ table }, at) => ({ table, place: places[at]! })));
  const changes = forEachAction(actions, (action, at): ItemChange => {
    const before = engine.rows.get(action.table, places[at]!);
    return { table: action.table, place: places[at]!, before, after: action.decide(before) };
  });
  checkTotalSize(changes);
  engine.cloud.store.transaction(() => {
    writeItems(
      engine,
      changes.filter((_, at) => !input.TransactItems[at]!.ConditionCheck),
    );
    rememberToken(engine, input, context);
  });
  const keys = input.TransactItems.map((item) => checkItem(keyOf(item)));
  const reported = changes.map((change, at) => Object.assign({ key: keys[at]! }, change));
  return reportWrites(engine, reported, input, true);
}

function prepareAction(engine: Engine, item: Checked<TransactWriteItem>, context: RequestContext): PreparedWrite {
  const { Put: put, Update: update, Delete: remove, ConditionCheck: check } = item;
  const given = [put, update, remove, check].filter((action) => action !== undefined);
  if (given.length !== 1) throw validationError("TransactItems can only contain one of Check, Put, Update or Delete");
  if (update) checkExpressionMembers(update, ["UpdateExpression", "ConditionExpression"], []);
  else checkExpressionMembers(given[0]!, ["ConditionExpression"], []);
  if (put) return preparePut(engine, put, context);
  if (update) return prepareUpdate(engine, update, context);
  return remove ? prepareDelete(engine, remove, context) : prepareCheck(engine, check!, context);
}

/** A condition without a write: it leaves what is there. */
function prepareCheck(engine: Engine, check: Checked<ConditionCheck>, context: RequestContext): PreparedWrite {
  const prepared = prepareDelete(engine, check, context);
  return {
    ...prepared,
    decide(before) {
      prepared.decide(before);
      return before;
    },
  };
}

function keyOf({ Put, Update, Delete, ConditionCheck }: Checked<TransactWriteItem>): object & Record<string, object> {
  return (Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key)!;
}

function checkTotalSize(changes: readonly ItemChange[]): void {
  const bytes = changes.reduce((sum, { before, after }) => sum + (after ?? before ?? { size: 0 }).size, 0);
  if (bytes > MOST_TRANSACTION_BYTES)
    throw validationError("Transaction request exceeds the maximum allowed size of 4194304 bytes");
}

/** How long a token is remembered: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const TOKEN_MS = 10 * 60 * 1000;

/** Whether the same request has been carried out under the same token in the last ten minutes. */
function isRepeated(
  engine: Engine,
  input: Input<"dynamodb", "TransactWriteItems">,
  { region }: RequestContext,
): boolean {
  const used = input.ClientRequestToken && engine.tokens.get(`${region}/${input.ClientRequestToken}`);
  if (!used || used.usedMs + TOKEN_MS <= engine.cloud.clock.now()) return false;
  if (used.digest === digestOf(input)) return true;
  throw new AwsError(
    "IdempotentParameterMismatchException",
    "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.",
  );
}

function rememberToken(
  engine: Engine,
  input: Input<"dynamodb", "TransactWriteItems">,
  { region }: RequestContext,
): void {
  if (input.ClientRequestToken)
    engine.tokens.put(`${region}/${input.ClientRequestToken}`, {
      digest: digestOf(input),
      usedMs: engine.cloud.clock.now(),
    });
}

/** Removes tokens that are old enough to be used again. */
export function forgetTokens(engine: Engine): void {
  const nowMs = engine.cloud.clock.now();
  for (const [token, { usedMs }] of engine.tokens.list()) if (usedMs + TOKEN_MS <= nowMs) engine.tokens.delete(token);
}

/** The order of members does not matter: https://github.com/localstack/localstack/issues/6529 */
function digestOf({ TransactItems }: Input<"dynamodb", "TransactWriteItems">): string {
  return hash("sha256", encodeValue(sortMembers(TransactItems)));
}

function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.entries(value)
    .map(([name, member]) => [name, sortMembers(member)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

function checkMembers(input: Input<"dynamodb", "TransactWriteItems">): void {
  const { TransactItems, ClientRequestToken } = input;
  const checks = checkReturnMembers(new RequestChecks(), input)
    .required("transactItems", TransactItems)
    .length("transactItems", TransactItems, 1, MOST_ACTIONS)
    .length("clientRequestToken", ClientRequestToken, 1, 36);
  for (const [at, item] of (TransactItems ?? []).entries()) {
    for (const [kind, action] of Object.entries(item)) {
      if (!action) continue;
      const path = `transactItems.${at + 1}.member.${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
      checks.required(`${path}.tableName`, action.TableName);
      if (kind === "Put") checks.required(`${path}.item`, "Item" in action ? action.Item : undefined);
      else checks.required(`${path}.key`, "Key" in action ? action.Key : undefined);
      if (kind === "Update" || kind === "ConditionCheck")
        checks.required(
          `${path}.${kind === "Update" ? "updateExpression" : "conditionExpression"}`,
          "UpdateExpression" in action ? action.UpdateExpression : action.ConditionExpression,
        );
    }
  }
  checks.done();
}
