import { AwsError } from "../../aws-error.ts";

/** Collects what of a request breaks AWS's model, and refuses all of it at once in AWS's words. */
export class RequestChecks {
  readonly #problems: string[] = [];

  required(member: string, value: unknown): this {
    return this.#unless(value !== undefined, "null", member, "Member must not be null");
  }

  range(member: string, value: number | undefined, least: number, most: number): this {
    this.#unless(
      value === undefined || value >= least,
      value,
      member,
      `Member must have value greater than or equal to ${least}`,
    );
    return this.#unless(
      value === undefined || value <= most,
      value,
      member,
      `Member must have value less than or equal to ${most}`,
    );
  }

  /** Of a text, in characters, or of a list. */
  length(member: string, value: { readonly length: number } | undefined, least: number, most: number): this {
    const shown = typeof value === "string" ? value : "";
    const length = value?.length ?? least;
    this.#unless(length >= least, shown, member, `Member must have length greater than or equal to ${least}`);
    return this.#unless(length <= most, shown, member, `Member must have length less than or equal to ${most}`);
  }

  pattern(member: string, value: string | undefined, pattern: RegExp): this {
    const fits = value === undefined || new RegExp(`^(?:${pattern.source})$`).test(value);
    return this.#unless(fits, value, member, `Member must satisfy regular expression pattern: ${pattern.source}`);
  }

  oneOf(member: string, value: string | undefined, allowed: readonly string[]): this {
    const fits = value === undefined || allowed.includes(value);
    return this.#unless(fits, value, member, `Member must satisfy enum value set: [${allowed.join(", ")}]`);
  }

  done(): void {
    const { length } = this.#problems;
    if (length === 0) return;
    const problems = `${length} validation error${length === 1 ? "" : "s"} detected: ${this.#problems.join("; ")}`;
    throw new AwsError("ValidationException", problems);
  }

  #unless(holds: boolean, value: unknown, member: string, constraint: string): this {
    const shown = value === "null" ? "Value null" : `Value '${String(value)}'`;
    if (!holds) this.#problems.push(`${shown} at '${member}' failed to satisfy constraint: ${constraint}`);
    return this;
  }
}
