import type { RequestContext } from "../../service.ts";
import { keyOf, requireParameter, type Input, type Output, type Ssm } from "./context.ts";

export function deleteParameter(ssm: Ssm, input: Input<"DeleteParameter">, context: RequestContext): object {
  const { name } = requireParameter(ssm, context, input.Name!);
  ssm.parameters.delete(keyOf(context, name));
  return {};
}

export function deleteParameters(
  ssm: Ssm,
  input: Input<"DeleteParameters">,
  context: RequestContext,
): Output<"DeleteParameters"> {
  const names = [...new Set(input.Names)];
  const deleted = names.filter((name) => ssm.parameters.delete(keyOf(context, name)));
  return { DeletedParameters: deleted, InvalidParameters: names.filter((name) => !deleted.includes(name)) };
}
