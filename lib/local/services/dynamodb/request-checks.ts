import { validationError } from "./errors.ts";

/** AWS's checks of a request's members against the model: it collects what fails and says it all at once. */
export class RequestChecks {
  readonly #failures: string[] = [];

  /** `member` is the path as AWS writes it, for example `tableName` or `keySchema.1.member.keyType`. */
  required(member: string, value: unknown): this {
    return this.#check(value !== undefined && value !== null, value, member, "Member must not be null");
  }

  length(member: string, value: string | readonly unknown[] | undefined, min: number, max = Infinity): this {
    if (value === undefined) return this;
    this.#check(value.length >= min, value, member, `Member must have length greater than or equal to ${min}`);
    return this.#check(value.length <= max, value, member, `Member must have length less than or equal to ${max}`);
  }

  range(member: string, value: number | undefined, min: number, max = Infinity): this {
    if (value === undefined) return this;
    this.#check(value >= min, value, member, `Member must have value greater than or equal to ${min}`);
    return this.#check(value <= max, value, member, `Member must have value less than or equal to ${max}`);
  }

  oneOf(member: string, value: string | undefined, allowed: readonly string[]): this {
    const message = `Member must satisfy enum value set: [${allowed.join(", ")}]`;
    return this.#check(value === undefined || allowed.includes(value), value, member, message);
  }

  /** AWS's check of every value of a map. */
  mapLengths(
    member: string,
    map: Readonly<Record<string, readonly unknown[]>> | undefined,
    min: number,
    max: number,
  ): this {
    const fits = Object.values(map ?? {}).every(({ length }) => length >= min && length <= max);
    const message =
      "Map value must satisfy constraint: " +
      `[Member must have length less than or equal to ${max}, Member must have length greater than or equal to ${min}]`;
    return this.#check(fits, map, member, message);
  }

  /** A table's or an index's name. Data operations take a table's ARN in the same place. */
  name(member: string, value: string | undefined, min = 3): this {
    if (value === undefined || value.startsWith("arn:")) return this;
    const pattern = "[a-zA-Z0-9_.-]+";
    if (value !== "")
      this.#check(
        /^[a-zA-Z0-9_.-]+$/.test(value),
        value,
        member,
        `Member must satisfy regular expression pattern: ${pattern}`,
      );
    return this.length(member, value, min, 255);
  }

  tableName(value: string | undefined, min = 1): this {
    return this.required("tableName", value).name("tableName", value, min);
  }

  /** Refuses the request with everything that failed. */
  done(): void {
    const count = this.#failures.length;
    if (count === 0) return;
    const errors = count === 1 ? "1 validation error detected" : `${count} validation errors detected`;
    throw validationError(`${errors}: ${this.#failures.join("; ")}`);
  }

  #check(passed: boolean, value: unknown, member: string, constraint: string): this {
    const MOST_FAILURES = 10;
    if (!passed && this.#failures.length < MOST_FAILURES)
      this.#failures.push(`Value ${echo(value)} at '${member}' failed to satisfy constraint: ${constraint}`);
    return this;
  }
}

function echo(value: unknown): string {
  if (value === undefined || value === null) return "null";
  return Array.isArray(value) ? `'[${value.map(plain).join(", ")}]'` : `'${plain(value)}'`;
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
