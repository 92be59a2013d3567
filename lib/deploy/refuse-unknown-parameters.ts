import { UserError } from "../errors.ts";
import { tryFindNearestName } from "../util/nearest-name.ts";
import type { StackView } from "./stack-view.ts";

/** Throws a `UserError` where a parameter is given that no template of the deploy has. */
export function refuseUnknownParameters(
  desired: readonly Pick<StackView, "desired">[],
  given: Readonly<Record<string, string>>,
): void {
  const known = new Set(desired.flatMap(({ desired: { template } }) => Object.keys(template.Parameters ?? {})));
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const near = unknown.flatMap((name) => tryFindNearestName(name, [...known]) ?? []);
  const hint = near.length === 0 ? "" : ` Did you mean ${near.join(", ")}?`;
  const names = [...known].toSorted().join(", ");
  throw new UserError("UnknownParameter", `No template has the parameter ${unknown.join(", ")}.${hint}`, {
    fix: `Nothing was changed. The templates have ${names === "" ? "no parameters" : names}.`,
  });
}
