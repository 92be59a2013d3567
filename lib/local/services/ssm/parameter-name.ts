import type { AwsError } from "../../aws-error.ts";
import { ssmValidation, ssmError } from "./errors.ts";

/** A name as reads give it: plain or as ARN, with a version or a label behind a colon. */
export interface ParameterReference {
  readonly name: string;
  /** The other name that an ARN may mean. */
  readonly plainName?: string;
  /** The number of a version. */
  readonly version?: number;
  readonly label?: string;
  /** The colon and what follows, as answers repeat it. */
  readonly selector?: string;
}

const LONGEST_NAME = 2048;
const MOST_LEVELS = 15;

/** Refuses a name for a new parameter (docs.aws.amazon.com/systems-manager, "Requirements and constraints"). */
export function validateName(name: string): void {
  if (name.length > LONGEST_NAME) {
    throw ssmValidation(`Parameter name can't exceed ${LONGEST_NAME} characters, including the ARN's other parts.`);
  }
  if (/^\/?aws/i.test(name)) {
    throw ssmError("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
  }
  if (/^\/?ssm/i.test(name) || !/^[\w.\-/]+$/.test(name) || /\/\/|.\/$/.test(name)) throw badName();
  if (name.includes("/") && !name.startsWith("/"))
    throw ssmValidation("Parameter name must be a fully qualified name.");
  if (name.split("/").length - 1 > MOST_LEVELS) {
    throw ssmError(
      "HierarchyLevelLimitExceededException",
      `A hierarchy can have a maximum of ${MOST_LEVELS} levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.`,
    );
  }
}

/** Reads what GetParameter and its like take for a name. */
export function readReference(given: string): ParameterReference {
  const resource = /^arn:[\w-]+:ssm:[\w-]*:\d*:parameter(\/.*)$/.exec(given)?.[1];
  const [name, selector] = splitSelector(resource ?? given);
  // An ARN does not tell `name` from `/name`.
  const plain = resource !== undefined && name.lastIndexOf("/") === 0 ? { plainName: name.slice(1) } : {};
  if (selector === undefined) return { name, ...plain };
  const selected = /^\d+$/.test(selector) ? { version: Number(selector) } : { label: selector };
  return { name, ...plain, ...selected, selector: `:${selector}` };
}

function splitSelector(text: string): [path: string, selector?: string] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
}

function badName(): AwsError {
  return ssmValidation(
    'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
  );
}
