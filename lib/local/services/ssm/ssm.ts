import type { LocalService, ServiceFactory } from "../../service.ts";
import { deleteParameter, deleteParameters } from "./delete-parameter.ts";
import { describeParameters, getParametersByPath } from "./find-parameters.ts";
import { getParameter, getParameterHistory, getParameters } from "./get-parameter.ts";
import { labelVersion, unlabelVersion } from "./labels.ts";
import { putParameter } from "./put-parameter.ts";
import { openSsm } from "./context.ts";
import { addTags, listTags, removeTags } from "./tags.ts";

/** Makes Systems Manager's Parameter Store. */
export const createSsm: ServiceFactory<"ssm"> = (cloud): LocalService<"ssm"> => {
  const ssm = openSsm(cloud);
  return {
    name: "ssm",
    operations: {
      AddTagsToResource: (input, context) => addTags(ssm, input, context),
      DeleteParameter: (input, context) => deleteParameter(ssm, input, context),
      DeleteParameters: (input, context) => deleteParameters(ssm, input, context),
      DescribeParameters: (input, context) => describeParameters(ssm, input, context),
      GetParameter: (input, context) => getParameter(ssm, input, context),
      GetParameterHistory: (input, context) => getParameterHistory(ssm, input, context),
      GetParameters: (input, context) => getParameters(ssm, input, context),
      GetParametersByPath: (input, context) => getParametersByPath(ssm, input, context),
      LabelParameterVersion: (input, context) => labelVersion(ssm, input, context),
      ListTagsForResource: (input, context) => listTags(ssm, input, context),
      PutParameter: (input, context) => putParameter(ssm, input, context),
      RemoveTagsFromResource: (input, context) => removeTags(ssm, input, context),
      UnlabelParameterVersion: (input, context) => unlabelVersion(ssm, input, context),
    },
  };
};
