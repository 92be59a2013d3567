import type { RequestContext } from "../../service.ts";
import { keyOf, requireParameter, type Input, type Output, type Ssm } from "./context.ts";

/** Deletes a parameter with its versions. `ParameterNotFound` where there is none. */
export function deleteParameter(ssm: Ssm, input: Input<"DeleteParameter">, context: RequestContext): object {
  const { name } = requireParameter(ssm, context, input.Name);
  ssm.parameters.delete(keyOf(context, name));
  return {};
}

/** Deletes up to 10 parameters. Names without one come back as invalid. */
export function deleteParameters(
  ssm: Ssm,
  input: Input<"DeleteParameters">,
  context: RequestContext,
): Output<"DeleteParameters"> {
  const names = [...new Set(input.Names)];
  const deleted = names.filter((name) => ssm.parameters.delete(keyOf(context, name)));
  return { DeletedParameters: deleted, InvalidParameters: names.filter((name) => !deleted.includes(name)) };
}
