import { judgeAllowedPattern } from "../../../util/allowed-pattern.ts";
import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import type { ParameterTier, ParameterType } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../service.ts";
import { validateName } from "./parameter-name.ts";
import { latestVersion, type ParameterRecord, type ParameterVersion } from "./parameter-record.ts";
import { keyOf, type Input, type Output, type Ssm } from "./context.ts";
import { parameterAlreadyExists, ssmError, ssmValidation } from "./errors.ts";
import { validateSsmTags } from "./tags.ts";

const TYPES = new Set(["String", "StringList", "SecureString"]);
const DATA_TYPES = new Set(["text", "aws:ec2:image", "aws:ssm:integration"]);
const STANDARD_BYTES = 4096;
const ADVANCED_BYTES = 8192;
const MOST_VERSIONS = 100;

/** Creates a parameter, or adds a version where overwriting is asked for. */
export function putParameter(ssm: Ssm, input: Input<"PutParameter">, context: RequestContext): Output<"PutParameter"> {
  const name = input.Name;
  validateName(name);
  const before = ssm.parameters.get(keyOf(context, name));
  if (input.Overwrite && input.Tags?.length) {
    throw ssmValidation(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  if (before && !input.Overwrite) throw parameterAlreadyExists();
  validateSsmTags(input.Tags ?? []);
  const version = readVersion(ssm, input, context, before);
  ssm.parameters.put(keyOf(context, name), {
    name,
    versions: [...dropOldest(before), version],
    tags: before?.tags ?? input.Tags ?? [],
  });
  return { Version: version.version, Tier: version.tier };
}

function readVersion(
  ssm: Ssm,
  input: Input<"PutParameter">,
  context: RequestContext,
  before: ParameterRecord | undefined,
): ParameterVersion {
  const last = before && latestVersion(before);
  const type = readType(input.Type, last?.type);
  const value = input.Value;
  const dataType = input.DataType ?? last?.dataType ?? "text";
  if (!DATA_TYPES.has(dataType)) {
    throw ssmValidation(`The following data type is not supported: ${dataType} (Data type names are all lowercase.)`);
  }
  const allowedPattern = input.AllowedPattern ?? last?.allowedPattern;
  if (allowedPattern) checkPattern(value, allowedPattern);
  const description = input.Description ?? last?.description;
  const keyId = type === "SecureString" ? (input.KeyId ?? last?.keyId ?? "alias/aws/ssm") : undefined;
  return {
    version: (last?.version ?? 0) + 1,
    value: type === "SecureString" ? ssm.secureStrings.encrypt(value) : value,
    type,
    tier: readTier(input.Tier, last?.tier, value),
    dataType,
    ...(description === undefined ? {} : { description }),
    ...(keyId === undefined ? {} : { keyId }),
    ...(allowedPattern ? { allowedPattern } : {}),
    ...(input.Policies ? { policies: checkPolicies(input.Policies) } : {}),
    labels: [],
    modifiedMs: ssm.cloud.clock.now(),
    modifiedBy: `arn:aws:iam::${context.account}:root`,
  };
}

/** A JSON list of policies, each with its type (PutParameter's API reference). The text of the refusal is ours. */
function checkPolicies(text: string): string {
  const isPolicy = (one: unknown) => typeof one === "object" && one !== null && "Type" in one;
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed) && parsed.every(isPolicy)) return text;
  } catch {
    // Refused below.
  }
  throw ssmError("InvalidPolicyAttributeException", "Policies must be a JSON list of policies with a Type.");
}

function readType(given: string | undefined, last: ParameterType | undefined): ParameterType {
  const type = given ?? last;
  if (type === undefined) throw ssmValidation("A parameter type is required when you create a parameter.");
  if (!TYPES.has(type)) {
    throw ssmValidation(
      constraintText(
        constraintProblem(type, "type", "Member must satisfy enum value set: [SecureString, StringList, String]"),
      ),
    );
  }
  if (last !== undefined && type !== last) {
    throw ssmError(
      "HierarchyTypeMismatchException",
      "Parameter Store does not support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.",
    );
  }
  return type as ParameterType;
}

function readTier(given: string | undefined, last: ParameterTier | undefined, value: string): ParameterTier {
  const size = Buffer.byteLength(value);
  const advanced = size > STANDARD_BYTES;
  const wanted = given ?? last ?? "Standard";
  if (last === "Advanced" && given === "Standard") {
    throw ssmValidation(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  if (size > ADVANCED_BYTES) {
    throw ssmValidation(`Advanced tier parameters support a maximum parameter value of ${ADVANCED_BYTES} characters.`);
  }
  if (wanted === "Intelligent-Tiering") return advanced ? "Advanced" : "Standard";
  if (wanted === "Standard" && advanced) {
    throw ssmValidation(
      `Standard tier parameters support a maximum parameter value of ${STANDARD_BYTES} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
  return wanted as ParameterTier;
}

function checkPattern(value: string, pattern: string): void {
  const verdict = judgeAllowedPattern(pattern, [value]);
  if (verdict === "fits") return;
  if (verdict === "differs") {
    throw ssmError(
      "ParameterPatternMismatchException",
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
  }
  throw ssmError("InvalidAllowedPatternException", "The request doesn't meet the regular expression requirement.");
}

function dropOldest(before: ParameterRecord | undefined): readonly ParameterVersion[] {
  const versions = before?.versions ?? [];
  if (versions.length < MOST_VERSIONS) return versions;
  const [oldest, ...rest] = versions;
  if (oldest!.labels.length === 0) return rest;
  throw ssmError(
    "ParameterMaxVersionLimitExceeded",
    `You attempted to create a new version of ${before!.name} by calling the PutParameter API with the overwrite flag. Version ${oldest!.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  );
}
