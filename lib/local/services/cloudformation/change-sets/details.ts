import { shownValue } from "./shown-value.ts";
import type { Replacement, ResourceAttribute, ResourceChangeDetail } from "@aws-sdk/client-cloudformation";
import type { FoundDetail } from "./found-change.ts";

/** The details of a change in AWS's form, and what follows from them for the resource. */
export function describeDetails(
  found: readonly FoundDetail[],
  withValues: boolean,
): { Details: ResourceChangeDetail[]; Replacement: Replacement; Scope: ResourceAttribute[] } {
  const told = found.filter((detail) => detail.only === undefined || (detail.only === "with values") === withValues);
  return {
    Details: told.map((detail) => describeDetail(detail, withValues)),
    Replacement: replacementOf(told),
    Scope: [...new Set(told.map((detail) => detail.attribute))].sort(),
  };
}

function describeDetail(detail: FoundDetail, withValues: boolean): ResourceChangeDetail {
  const { before, after } = detail;
  const isProperty = detail.attribute === "Properties" && detail.name !== undefined;
  return {
    Target: {
      Attribute: detail.attribute,
      ...(detail.name !== undefined && { Name: detail.name }),
      RequiresRecreation: detail.recreation,
      ...(withValues &&
        isProperty && {
          Path: `/Properties/${detail.name}`,
          ...(before !== undefined && { BeforeValue: valueText(before) }),
          ...(after !== undefined && { AfterValue: valueText(after) }),
          AttributeChangeType: before === undefined ? "Add" : after === undefined ? "Remove" : "Modify",
        }),
    },
    Evaluation: detail.evaluation,
    ChangeSource: detail.source,
    ...(detail.cause !== undefined && { CausingEntity: detail.cause }),
  };
}

function valueText(value: unknown): string {
  const shown = shownValue(value);
  return typeof shown === "string" ? shown : JSON.stringify(shown);
}

function replacementOf(details: readonly FoundDetail[]): Replacement {
  const recreates = details.filter((detail) => detail.recreation !== "Never");
  if (recreates.some((detail) => detail.recreation === "Always" && detail.evaluation === "Static")) return "True";
  return recreates.length > 0 ? "Conditional" : "False";
}
