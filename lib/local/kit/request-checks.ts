import { AwsError } from "../aws-error.ts";
import { constraintProblem, constraintText, rangeConstraint } from "./constraint-text.ts";

/** AWS lists no more than ten problems of one request (seen with DynamoDB, 2024). */
const MAX_PROBLEMS = 10;

/**
 * AWS's checks of a request's members against the service's model. It collects every problem, and `done()` refuses the
 * request with all of them in one `ValidationException`. A member that is left out passes all checks but `required`.
 *
 * `member` is the path as AWS writes it, for example `tableName` or `keySchema.1.member.keyType`.
 */
export class RequestChecks {
  readonly #problems: string[] = [];

  required(member: string, value: unknown): this {
    return this.check(value !== undefined && value !== null, value, member, "Member must not be null");
  }

  /** The length of a text in characters, or of a list. */
  length(member: string, value: string | readonly unknown[] | undefined, min: number, max?: number): this {
    return this.#within(value, member, value === undefined ? value : rangeConstraint("length", value.length, min, max));
  }

  range(member: string, value: number | undefined, min: number, max?: number): this {
    return this.#within(value, member, value === undefined ? value : rangeConstraint("value", value, min, max));
  }

  /** `pattern` must match the whole value. AWS's text shows its source. */
  pattern(member: string, value: string | undefined, pattern: RegExp): this {
    const fits = value === undefined || new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(value);
    return this.check(fits, value, member, `Member must satisfy regular expression pattern: ${pattern.source}`);
  }

  oneOf(member: string, value: string | undefined, allowed: readonly string[]): this {
    const fits = value === undefined || allowed.includes(value);
    return this.check(fits, value, member, `Member must satisfy enum value set: [${allowed.join(", ")}]`);
  }

  /** A check of a service's own; `constraint` is AWS's sentence for what the member must be. */
  check(holds: boolean, value: unknown, member: string, constraint: string): this {
    if (!holds && this.#problems.length < MAX_PROBLEMS)
      this.#problems.push(constraintProblem(value, member, constraint));
    return this;
  }

  /** Refuses the request where a check failed. */
  done(): void {
    if (this.#problems.length > 0) throw new AwsError("ValidationException", constraintText(...this.#problems));
  }

  #within(value: unknown, member: string, broken: string | undefined): this {
    return broken === undefined ? this : this.check(false, value, member, broken);
  }
}
