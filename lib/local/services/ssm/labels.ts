import type { RequestContext } from "../../service.ts";
import { latestVersion, type ParameterRecord } from "./parameter-record.ts";
import { keyOf, requireParameter, type Input, type Output, type Ssm } from "./context.ts";
import { parameterVersionNotFound, ssmError } from "./errors.ts";

const MOST_LABELS = 10;

/** Moves labels to a version, which has at most 10. */
export function labelParameterVersion(
  ssm: Ssm,
  input: Input<"LabelParameterVersion">,
  context: RequestContext,
): Output<"LabelParameterVersion"> {
  const parameter = requireParameter(ssm, context, input.Name);
  const number = input.ParameterVersion ?? latestVersion(parameter).version;
  requireVersion(parameter, number);
  const invalid = input.Labels.filter((label) => !isLabel(label));
  const valid = new Set(input.Labels.filter(isLabel));
  const versions = parameter.versions.map((version) => {
    const others = version.labels.filter((label) => !valid.has(label));
    return { ...version, labels: version.version === number ? [...others, ...valid] : others };
  });
  if (versions.some(({ labels }) => labels.length > MOST_LABELS)) {
    throw ssmError(
      "ParameterVersionLabelLimitExceeded",
      "A parameter version can have a maximum of 10 labels. Move one or more labels to another version and try again.",
    );
  }
  ssm.parameters.put(keyOf(context, parameter.name), { ...parameter, versions });
  return { InvalidLabels: invalid, ParameterVersion: number };
}

/** Removes labels from a version. Those it does not have come back as invalid. */
export function unlabelParameterVersion(
  ssm: Ssm,
  input: Input<"UnlabelParameterVersion">,
  context: RequestContext,
): Output<"UnlabelParameterVersion"> {
  const parameter = requireParameter(ssm, context, input.Name);
  const labelled = requireVersion(parameter, input.ParameterVersion);
  const removed = input.Labels.filter((label) => labelled.labels.includes(label));
  const versions = parameter.versions.map((version) =>
    version === labelled ? { ...version, labels: version.labels.filter((label) => !removed.includes(label)) } : version,
  );
  ssm.parameters.put(keyOf(context, parameter.name), { ...parameter, versions });
  return { RemovedLabels: removed, InvalidLabels: input.Labels.filter((label) => !removed.includes(label)) };
}

/** Letters, numbers and `.-_`; no number, `aws` or `ssm` at the start. */
function isLabel(label: string): boolean {
  return /^(?!\d|aws|ssm)[\w.-]{1,100}$/i.test(label);
}

function requireVersion(parameter: ParameterRecord, number: number) {
  const version = parameter.versions.find((each) => each.version === number);
  if (version === undefined) throw parameterVersionNotFound(parameter.name, number);
  return version;
}
