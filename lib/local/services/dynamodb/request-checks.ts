import { RequestChecks as Checks } from "../../kit/request-checks.ts";

const NAME = /[a-zA-Z0-9_.-]+/;

/** The checks of a request, with those that only DynamoDB makes. */
export class RequestChecks extends Checks {
  /** AWS's check of every value of a map. */
  mapLengths(
    member: string,
    map: Readonly<Record<string, readonly unknown[]>> | undefined,
    min: number,
    max: number,
  ): this {
    const fits = Object.values(map ?? {}).every(({ length }) => length >= min && length <= max);
    const constraint =
      "Map value must satisfy constraint: " +
      `[Member must have length less than or equal to ${max}, Member must have length greater than or equal to ${min}]`;
    return this.check(fits, map, member, constraint);
  }

  /** A table's or an index's name. Data operations take a table's ARN in the same place. */
  name(member: string, value: string | undefined, min = 3): this {
    if (value === undefined || value.startsWith("arn:")) return this;
    if (value !== "") this.pattern(member, value, NAME);
    return this.length(member, value, min, 255);
  }

  tableName(value: string | undefined, min = 1): this {
    return this.required("tableName", value).name("tableName", value, min);
  }
}
