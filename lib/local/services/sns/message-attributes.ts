import { AwsError } from "../../aws-error.ts";
import type { MessageAttribute } from "./records.ts";
import { invalidValue } from "./errors.ts";

const LONGEST_NAME = 256;

/** The attributes of a message as they are kept; refuses what SNS does not take. */
export function readMessageAttributes(
  given: Readonly<Record<string, MessageAttribute>> | undefined,
): Record<string, MessageAttribute> {
  const read = Object.create(null) as Record<string, MessageAttribute>;
  for (const [name, attribute] of Object.entries(given ?? {})) {
    validateName(name);
    read[name] = readAttribute(name, attribute);
  }
  return read;
}

function validateName(name: string): void {
  const isRight = name.length <= LONGEST_NAME && /^[\w-]+(\.[\w-]+)*$/.test(name) && !/^(aws|amazon)\./i.test(name);
  if (!isRight) throw invalidValue(`The message attribute name '${name}' is invalid.`);
}

function readAttribute(name: string, { DataType = "", StringValue, BinaryValue }: MessageAttribute): MessageAttribute {
  const [type = ""] = DataType.split(".");
  if (DataType === "") {
    throw invalidValue(`The message attribute '${name}' must contain non-empty message attribute type.`);
  }
  if (!["Binary", "Number", "String"].includes(type)) {
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  if (type === "Binary" ? !BinaryValue?.length : !StringValue) {
    throw invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
    );
  }
  if (type === "Number" && !Number.isFinite(Number(StringValue))) {
    throw invalidValue(`Could not cast message attribute '${name}' value to number.`);
  }
  if (DataType === "String.Array") refuseOtherThanArray(name, StringValue!);
  return type === "Binary" ? { DataType, BinaryValue } : { DataType, StringValue };
}

function refuseOtherThanArray(name: string, text: string): void {
  try {
    if (Array.isArray(JSON.parse(text))) return;
  } catch {
    // Refused below, as any other text that is not a list.
  }
  throw new AwsError(
    "InvalidParameterException",
    `Invalid parameter: Message attribute '${name}' of type String.Array must be a JSON array.`,
  );
}

/** What the attributes count against the limit of a message. */
export function sizeOfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): number {
  return Object.entries(attributes).reduce((sum, [name, { DataType = "", StringValue = "", BinaryValue }]) => {
    return sum + Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.length ?? 0);
  }, 0);
}

/** The attributes in the envelope of a notification. */
export function envelopeAttributes(attributes: Readonly<Record<string, MessageAttribute>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: BinaryValue ? Buffer.from(BinaryValue).toString("base64") : StringValue },
    ]),
  );
}
