import type { Scope } from "./value-scope.ts";
import { evaluate } from "./intrinsics.ts";
import { TemplateError } from "./template-error.ts";
import { textOf } from "./text.ts";
import { isObject } from "./is-object.ts";
import { type Template } from "./template.ts";

/** Refuses the parameters when an assertion of the template's Rules does not hold. */
export function checkRules(template: Template, scope: Scope): void {
  for (const [name, rule] of template.rules) {
    if (!isObject(rule)) continue;
    if (rule.RuleCondition !== undefined && !holds(rule.RuleCondition, scope)) continue;
    for (const assertion of (rule.Assertions as unknown[] | undefined) ?? []) {
      if (!isObject(assertion) || holds(assertion.Assert, scope)) continue;
      const description = typeof assertion.AssertDescription === "string" ? assertion.AssertDescription : "";
      throw new TemplateError(`Template error: Rule ${name} failed. ${description}`.trim());
    }
  }
}

/** A rule's expression: the functions of Rules, and those of Conditions. */
function holds(expression: unknown, scope: Scope): boolean {
  if (!isObject(expression)) return expression === true || expression === "true";
  const [name = "", argument] = Object.entries(expression)[0] ?? [];
  const list = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  switch (name) {
    case "Fn::And":
      return list.every((item) => holds(item, scope));
    case "Fn::Or":
      return list.some((item) => holds(item, scope));
    case "Fn::Not":
      return !holds(list[0], scope);
    case "Fn::Contains":
      return texts(list[0], scope).includes(textOf(evaluate(list[1], scope)));
    case "Fn::EachMemberEquals":
      return texts(list[0], scope).every((item) => item === textOf(evaluate(list[1], scope)));
    case "Fn::EachMemberIn": {
      const allowed = texts(list[1], scope);
      return texts(list[0], scope).every((item) => allowed.includes(item));
    }
    case "Fn::RefAll":
    case "Fn::ValueOf":
    case "Fn::ValueOfAll":
      throw new TemplateError(`Template error: the rule function ${name} is not supported here.`);
    default:
      return evaluate(expression, scope) === true;
  }
}

function texts(value: unknown, scope: Scope): string[] {
  const list = evaluate(value, scope);
  return Array.isArray(list) ? list.map(textOf) : [textOf(list)];
}
