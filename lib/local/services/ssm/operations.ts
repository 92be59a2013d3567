import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Ssm } from "./context.ts";
import * as deleteParameter from "./delete-parameter.ts";
import * as findParameters from "./find-parameters.ts";
import * as getParameter from "./get-parameter.ts";
import * as labels from "./labels.ts";
import * as putParameter from "./put-parameter.ts";
import * as tags from "./tags.ts";

/** The operations of Parameter Store that are carried. */
export function operationsOf(ssm: Ssm): Operations<"ssm"> {
  return bindOperations("ssm", ssm, [deleteParameter, findParameters, getParameter, labels, putParameter, tags]);
}
