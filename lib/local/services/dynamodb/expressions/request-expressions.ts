import { validationError } from "../errors.ts";
import { parseCondition } from "./parse-condition.ts";
import { parseProjection } from "./parse-projection.ts";
import { parseUpdate } from "./parse-update.ts";
import { Placeholders, type RawPlaceholders } from "./placeholders.ts";
import type { Condition, Path, UpdateAction } from "./syntax.ts";
import type { ExpressionKind } from "./tokens.ts";

/** The members of a request that hold expressions. */
export type RawExpressions = RawPlaceholders & { readonly [kind in ExpressionKind]?: string };

/** A request's expressions, parsed. Those that it does not give are undefined. */
export interface Expressions {
  readonly update?: UpdateAction[];
  readonly condition?: Condition;
  readonly keyCondition?: Condition;
  readonly filter?: Condition;
  readonly projection?: Path[];
}

/**
 * Refuses a request that mixes expressions with the parameters from before there were any, or that brings names or
 * values without an expression for them.
 */
export function checkExpressionMembers<K extends string>(
  request: RawExpressions & Readonly<Partial<Record<K, unknown>>>,
  kinds: readonly ExpressionKind[],
  legacy: readonly K[],
): void {
  const given = kinds.filter((kind) => isGiven(request[kind]));
  const givenLegacy = legacy.filter((member) => isGiven(request[member]));
  if (given.length > 0 && givenLegacy.length > 0)
    throw validationError(
      "Can not use both expression and non-expression parameters in the same request: " +
        `Non-expression parameters: {${givenLegacy.join(", ")}} Expression parameters: {${given.join(", ")}}`,
    );
  if (request.ExpressionAttributeNames && given.length === 0)
    throw validationError("ExpressionAttributeNames can only be specified when using expressions");
  const withValues = kinds.filter((kind) => kind !== "ProjectionExpression");
  if (request.ExpressionAttributeValues && withValues.every((kind) => !given.includes(kind)))
    throw validationError(
      "ExpressionAttributeValues can only be specified when using expressions: " +
        `${withValues.join(" and ")} ${withValues.length > 1 ? "are" : "is"} null`,
    );
}

/** Reads all expressions of a request, and refuses names and values that none of them uses. */
export function parseExpressions(request: RawExpressions): Expressions {
  const placeholders = new Placeholders(request);
  const condition = (kind: ExpressionKind) =>
    isGiven(request[kind]) ? parseCondition(kind, request[kind]!, placeholders) : undefined;
  const expressions: Expressions = {
    update: isGiven(request.UpdateExpression) ? parseUpdate(request.UpdateExpression!, placeholders) : undefined,
    condition: condition("ConditionExpression"),
    keyCondition: condition("KeyConditionExpression"),
    filter: condition("FilterExpression"),
    projection: isGiven(request.ProjectionExpression)
      ? parseProjection(request.ProjectionExpression!, placeholders)
      : undefined,
  };
  placeholders.checkUsed();
  return expressions;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
