import { validationError, rewordRefusal } from "../errors.ts";
import type { Value } from "../values/attribute-value.ts";
import { checkValue, type RawValue } from "../values/check-value.ts";

/** The names and values of expressions as a request gives them. */
export interface RawPlaceholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, RawValue>>;
}

/** The request's `#names` and `:values`, and which of them its expressions have used. */
export class Placeholders {
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, Value>;
  readonly #unusedNames: Set<string>;
  readonly #unusedValues: Set<string>;

  constructor(request: RawPlaceholders) {
    this.#names = checkNames(request.ExpressionAttributeNames);
    this.#values = checkValues(request.ExpressionAttributeValues);
    this.#unusedNames = new Set(this.#names.keys());
    this.#unusedValues = new Set(this.#values.keys());
  }

  name(placeholder: string): string | undefined {
    this.#unusedNames.delete(placeholder);
    return this.#names.get(placeholder);
  }

  value(placeholder: string): Value | undefined {
    this.#unusedValues.delete(placeholder);
    return this.#values.get(placeholder);
  }

  /** Refuses the request when it brings what no expression uses. */
  checkUsed(): void {
    if (this.#unusedNames.size > 0)
      throw validationError(
        `Value provided in ExpressionAttributeNames unused in expressions: keys: {${[...this.#unusedNames].join(", ")}}`,
      );
    if (this.#unusedValues.size > 0)
      throw validationError(
        `Value provided in ExpressionAttributeValues unused in expressions: keys: {${[...this.#unusedValues].join(", ")}}`,
      );
  }
}

function checkNames(names: Readonly<Record<string, string>> | undefined): Map<string, string> {
  const entries = Object.entries(names ?? {});
  if (names && entries.length === 0) throw validationError("ExpressionAttributeNames must not be empty");
  for (const [key, name] of entries) {
    if (!/^#[0-9a-zA-Z_]+$/.test(key))
      throw validationError(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
    if (name === "")
      throw validationError(
        `ExpressionAttributeNames contains invalid value: Attribute name must not be empty for key ${key}`,
      );
  }
  return new Map(entries);
}

function checkValues(values: Readonly<Record<string, RawValue>> | undefined): Map<string, Value> {
  const entries = Object.entries(values ?? {});
  if (values && entries.length === 0) throw validationError("ExpressionAttributeValues must not be empty");
  for (const [key] of entries) {
    if (!/^:[0-9a-zA-Z_]+$/.test(key))
      throw validationError(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
  }
  return new Map(entries.map(([key, raw]) => [key, checkExpressionValue(key, raw)]));
}

function checkExpressionValue(key: string, raw: RawValue): Value {
  return rewordRefusal(
    () => checkValue(raw),
    (message) =>
      message.startsWith("Nesting Levels")
        ? message
        : `ExpressionAttributeValues contains invalid value: ${message} for key ${key}`,
  );
}
