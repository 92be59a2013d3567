import type { IConstruct } from "constructs";
import { readTemplate } from "../assembly/read-template.ts";
import { UserError } from "../errors.ts";
import { synthesiseConstruct } from "./synthesise-app.ts";

/** Assets by their content: 64 hexadecimal digits. */
const ASSET_HASH = /\b[0-9a-f]{64}\b/g;
/** A version's logical id ends with a hash of what is in it, after the hash of its path. */
const VERSION_ID = /^(.*[0-9A-F]{8})(?:[0-9a-f]{32}|[0-9a-f]{16})$/;
const VERSION_TYPES = new Set(["AWS::Lambda::Version", "AWS::StepFunctions::StateMachineVersion"]);
const CODE_LOCATIONS = new Set(["aws:asset:path", "aws:cdk:path"]);

/**
 * The template of a stack without what changes with code: hashes of assets, in keys and in the logical ids of versions, are
 * `<hash>`; what the CDK notes of itself is left out. Made for snapshots: a changed handler leaves it as it is. Throws a
 * `UserError` where the construct is not a stack of an app, and what the app throws.
 */
export function templateOf(stack: IConstruct): unknown {
  const { assembly } = synthesiseConstruct(stack);
  const found = assembly.stacks.find(({ displayName }) => displayName.replace(/ \(.*\)$/, "") === stack.node.path);
  if (found === undefined) {
    const paths = assembly.stacks.map(({ displayName }) => displayName).join(", ");
    throw new UserError("NotAStack", `${stack.node.path} is not a stack of its app, which has: ${paths}`, {
      fix: "Pass the stack itself.",
    });
  }
  const { template } = readTemplate(found);
  const versions = Object.entries(template.Resources ?? {}).filter(([, { Type }]) => VERSION_TYPES.has(Type));
  const text = versions.reduce(withoutVersionHash, JSON.stringify(template, dropNotes));
  return JSON.parse(text.replaceAll(ASSET_HASH, "<hash>"));
}

function withoutVersionHash(text: string, [id]: readonly [string, unknown]): string {
  const base = VERSION_ID.exec(id)?.[1];
  return base === undefined ? text : text.replaceAll(`"${id}"`, `"${base}<hash>"`);
}

/** What the CDK adds to templates for its own tools. */
function dropNotes(name: string, value: unknown): unknown {
  if (CODE_LOCATIONS.has(name) || name === "CDKMetadata" || name === "CDKMetadataAvailable") return undefined;
  return value;
}
