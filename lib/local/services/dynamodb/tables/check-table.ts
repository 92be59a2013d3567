import type { Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type {
  AttributeDefinition,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  ProvisionedThroughput,
} from "@aws-sdk/client-dynamodb";
import { RequestChecks } from "../request-checks.ts";
import { invalidParameter, validationError } from "../errors.ts";

const MAX_LOCAL_INDEXES = 5;
const MAX_GLOBAL_INDEXES = 20;
const MAX_PROJECTED_ATTRIBUTES = 100;
const MAX_UNITS = 1_000_000_000_000;

/** Refuses what AWS's CreateTable refuses, in its order and words. */
export function checkCreateTable(input: Input<"dynamodb", "CreateTable">): void {
  if (input.TableName === undefined)
    throw validationError("The parameter 'TableName' is required but was not present in the request");
  checkMembers(input);
  checkBilling(input);
  const definitions = input.AttributeDefinitions!;
  checkKeySchema(input.KeySchema!, definitions);
  checkLocalIndexes(input);
  checkGlobalIndexes(input);
  checkIndexNames([...(input.LocalSecondaryIndexes ?? []), ...(input.GlobalSecondaryIndexes ?? [])]);
  checkAttributesUsed(input);
  if (input.StreamSpecification?.StreamEnabled && !input.StreamSpecification.StreamViewType)
    throw invalidParameter("StreamViewType must be specified when StreamEnabled is true");
}

/** Refuses a global index that cannot be, of CreateTable or of UpdateTable. */
export function checkGlobalIndex(
  index: Checked<GlobalSecondaryIndex>,
  definitions: readonly Checked<AttributeDefinition>[],
  onDemand: boolean,
): void {
  checkIndexSchema(index, definitions);
  if (onDemand && index.ProvisionedThroughput)
    throw invalidParameter(
      `ProvisionedThroughput should not be specified for index: ${index.IndexName} when BillingMode is PAY_PER_REQUEST`,
    );
  if (!onDemand && !index.ProvisionedThroughput)
    throw invalidParameter(`ProvisionedThroughput must be specified for index: ${index.IndexName}`);
}

/** Refuses units that no table can have. */
export function checkThroughput(throughput: Checked<ProvisionedThroughput> | undefined): void {
  for (const [name, units] of Object.entries(throughput ?? {}))
    if (units > MAX_UNITS) throw validationError(`Given value ${units} for ${name} is out of bounds`);
}

function checkMembers(input: Input<"dynamodb", "CreateTable">): void {
  const checks = new RequestChecks()
    .required("attributeDefinitions", input.AttributeDefinitions)
    .tableName(input.TableName, 3)
    .required("keySchema", input.KeySchema)
    .length("keySchema", input.KeySchema, 1, 2)
    .oneOf("billingMode", input.BillingMode, ["PROVISIONED", "PAY_PER_REQUEST"])
    .oneOf("tableClass", input.TableClass, ["STANDARD", "STANDARD_INFREQUENT_ACCESS"]);
  for (const [at, { AttributeName, AttributeType }] of (input.AttributeDefinitions ?? []).entries())
    checks
      .required(`attributeDefinitions.${at + 1}.member.attributeName`, AttributeName)
      .required(`attributeDefinitions.${at + 1}.member.attributeType`, AttributeType)
      .oneOf(`attributeDefinitions.${at + 1}.member.attributeType`, AttributeType, ["B", "N", "S"]);
  for (const [at, { AttributeName, KeyType }] of (input.KeySchema ?? []).entries())
    checks
      .required(`keySchema.${at + 1}.member.attributeName`, AttributeName)
      .required(`keySchema.${at + 1}.member.keyType`, KeyType)
      .oneOf(`keySchema.${at + 1}.member.keyType`, KeyType, ["HASH", "RANGE"]);
  checks
    .range("provisionedThroughput.writeCapacityUnits", input.ProvisionedThroughput?.WriteCapacityUnits, 1)
    .range("provisionedThroughput.readCapacityUnits", input.ProvisionedThroughput?.ReadCapacityUnits, 1);
  checkIndexMembers(checks, "localSecondaryIndexes", input.LocalSecondaryIndexes);
  checkIndexMembers(checks, "globalSecondaryIndexes", input.GlobalSecondaryIndexes);
  checks.done();
}

/** The members of every index, as AWS's model constrains them. */
export function checkIndexMembers(
  checks: RequestChecks,
  member: string,
  indexes: readonly (Checked<LocalSecondaryIndex> | Checked<GlobalSecondaryIndex>)[] | undefined,
): void {
  for (const [at, index] of (indexes ?? []).entries()) {
    const path = `${member}.${at + 1}.member`;
    checks
      .required(`${path}.indexName`, index.IndexName)
      .name(`${path}.indexName`, index.IndexName)
      .required(`${path}.keySchema`, index.KeySchema)
      .length(`${path}.keySchema`, index.KeySchema, 1, 2)
      .required(`${path}.projection`, index.Projection)
      .oneOf(`${path}.projection.projectionType`, index.Projection?.ProjectionType, ["ALL", "INCLUDE", "KEYS_ONLY"])
      .length(`${path}.projection.nonKeyAttributes`, index.Projection?.NonKeyAttributes, 1);
  }
}

function checkBilling({ BillingMode, ProvisionedThroughput: throughput }: Input<"dynamodb", "CreateTable">): void {
  if (BillingMode === "PAY_PER_REQUEST") {
    if (throughput)
      throw invalidParameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      );
  } else if (!throughput?.ReadCapacityUnits || !throughput.WriteCapacityUnits) {
    throw invalidParameter(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
  }
  checkThroughput(throughput);
}

function checkKeySchema(
  schema: readonly Checked<KeySchemaElement>[],
  definitions: readonly Checked<AttributeDefinition>[],
): void {
  const keys = schema.map(({ AttributeName }) => AttributeName);
  const defined = definitions.map(({ AttributeName }) => AttributeName);
  if (keys.length > defined.length)
    throw validationError("Invalid KeySchema: Some index key attribute have no definition");
  if (keys.some((key) => !defined.includes(key)))
    throw invalidParameter(
      "Some index key attributes are not defined in AttributeDefinitions. " +
        `Keys: [${keys.join(", ")}], AttributeDefinitions: [${defined.join(", ")}]`,
    );
  checkKeyOrder(schema);
}

function checkKeyOrder([first, second]: readonly Checked<KeySchemaElement>[]): void {
  if (second && first!.AttributeName === second.AttributeName)
    throw validationError("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  if (first!.KeyType !== "HASH")
    throw validationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  if (second && second.KeyType !== "RANGE")
    throw validationError("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
}

function checkIndexSchema(
  { KeySchema, Projection }: Checked<LocalSecondaryIndex> | Checked<GlobalSecondaryIndex>,
  definitions: readonly Checked<AttributeDefinition>[],
): void {
  checkKeySchema(KeySchema, definitions);
  const type = Projection.ProjectionType;
  if (type === undefined) throw invalidParameter("Unknown ProjectionType: null");
  if (Projection.NonKeyAttributes && type !== "INCLUDE")
    throw invalidParameter(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  if (!Projection.NonKeyAttributes && type === "INCLUDE")
    throw invalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
}

function checkLocalIndexes({
  LocalSecondaryIndexes: indexes,
  KeySchema,
  AttributeDefinitions,
}: Input<"dynamodb", "CreateTable">): void {
  if (!indexes) return;
  if (indexes.length === 0) throw invalidParameter("List of LocalSecondaryIndexes is empty");
  if (KeySchema!.length !== 2)
    throw invalidParameter(
      "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    );
  for (const index of indexes) {
    checkIndexSchema(index, AttributeDefinitions!);
    const { IndexName: name } = index;
    if (index.KeySchema.length !== 2)
      throw invalidParameter(`Index KeySchema does not have a range key for index: ${name}`);
    const indexHash = index.KeySchema[0]!.AttributeName;
    const tableHash = KeySchema![0]!.AttributeName;
    if (indexHash !== tableHash)
      throw invalidParameter(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. ` +
          `index hash key: ${indexHash}, table hash key: ${tableHash}`,
      );
  }
  if (indexes.length > MAX_LOCAL_INDEXES)
    throw invalidParameter(`Number of LocalSecondaryIndexes exceeds per-table limit of ${MAX_LOCAL_INDEXES}`);
}

function checkGlobalIndexes({
  GlobalSecondaryIndexes: indexes,
  AttributeDefinitions,
  BillingMode,
}: Input<"dynamodb", "CreateTable">): void {
  if (!indexes) return;
  if (indexes.length === 0) throw invalidParameter("List of GlobalSecondaryIndexes is empty");
  for (const index of indexes) checkGlobalIndex(index, AttributeDefinitions!, BillingMode === "PAY_PER_REQUEST");
  if (indexes.length > MAX_GLOBAL_INDEXES)
    throw invalidParameter(`GlobalSecondaryIndex count exceeds the per-table limit of ${MAX_GLOBAL_INDEXES}`);
}

function checkIndexNames(indexes: readonly (Checked<LocalSecondaryIndex> | Checked<GlobalSecondaryIndex>)[]): void {
  const seen = new Set<string>();
  for (const { IndexName: name } of indexes) {
    if (seen.has(name)) throw invalidParameter(`Duplicate index name: ${name}`);
    seen.add(name);
  }
  const projected = indexes.flatMap(({ Projection }) => Projection?.NonKeyAttributes ?? []);
  if (projected.length > MAX_PROJECTED_ATTRIBUTES)
    throw invalidParameter(
      `Number of projected attributes is greater than the allowed limit of ${MAX_PROJECTED_ATTRIBUTES}`,
    );
}

function checkAttributesUsed(input: Input<"dynamodb", "CreateTable">): void {
  const schemas = [input, ...(input.LocalSecondaryIndexes ?? []), ...(input.GlobalSecondaryIndexes ?? [])];
  const used = new Set(schemas.flatMap(({ KeySchema }) => KeySchema!.map(({ AttributeName }) => AttributeName)));
  const defined = input.AttributeDefinitions!.map(({ AttributeName }) => AttributeName);
  if (defined.every((name) => used.has(name))) return;
  throw schemas.length === 1
    ? invalidParameter(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
      )
    : invalidParameter(
        "Some AttributeDefinitions are not used. " +
          `AttributeDefinitions: [${defined.join(", ")}], keys used: [${[...used].join(", ")}]`,
      );
}
