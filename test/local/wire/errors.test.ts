import { errorTraits } from "../../../lib/local/wire/error-traits.ts";
import { AwsQueryProtocol } from "@aws-sdk/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticStructureSchema } from "@smithy/types";
import { SmithyRpcV2CborProtocol } from "@smithy/core/cbor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AwsError } from "../../../lib/local/aws-error.ts";
import { SERVICE_NAMES } from "../../../lib/local/catalogue.ts";
import { SERVICES, type ServiceEntry } from "../../../lib/local/registry.ts";
import { readServiceModel, type OperationModel, type ServiceModel } from "../../../lib/local/wire/service-model.ts";
import { ServiceServer } from "../../../lib/local/wire/service-server.ts";
import { startEchoServer } from "./echo-server.ts";
import { buildValue, comparable } from "./schema-values.ts";

interface SdkClient {
  send(command: object): Promise<object>;
  destroy(): void;
}

interface SdkError extends Error {
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string };
}

type SdkModule = Record<string, new (given: object) => object>;

const SPEAKERS: { title: string; name: keyof typeof SERVICES; configuration?: object }[] = [
  ...SERVICE_NAMES.map((name) => ({ title: name, name })),
  { title: "cloudwatch in Query", name: "cloudwatch", configuration: { protocol: AwsQueryProtocol } },
  { title: "cloudwatch in CBOR", name: "cloudwatch", configuration: { protocol: SmithyRpcV2CborProtocol } },
];

describe.each(SPEAKERS)("$title", ({ name, configuration }) => {
  let server: ServiceServer;
  let echo: Awaited<ReturnType<typeof startEchoServer>>;
  let client: SdkClient;
  let probe: () => Promise<object>;
  let failure: Error;

  beforeAll(async () => {
    const entry: ServiceEntry = SERVICES[name];
    const module = (await entry.client()) as SdkModule;
    server = new ServiceServer(readServiceModel(module), entry.quirks);
    echo = await startEchoServer(server, () => Promise.reject(failure));
    const Client = Object.entries(module).find(([key]) => /^[A-Z]\w*Client$/.test(key))![1];
    client = new Client({
      endpoint: echo.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
      ...configuration,
    }) as SdkClient;
    probe = () => client.send(new module[`${operationWithoutInput(server.model)}Command`]!({}));
  });

  afterAll(() => {
    client.destroy();
    echo.close();
  });

  async function refusal(error: Error): Promise<SdkError> {
    failure = error;
    return probe().then(
      () => expect.fail("The call went through."),
      (thrown: unknown) => thrown as SdkError,
    );
  }

  test("every typed refusal arrives with its name, words, status and members", async () => {
    const codes = [...new Set([...server.model.errors.values()].map((schema) => schema[2]))];
    for (const code of codes) {
      const schema = server.model.errors.get(code)!;
      const shape = NormalizedSchema.of(schema);
      const members = buildValue(shape, { full: true, member: 0 });
      for (const key of Object.keys(members)) if (/^(message|code|type)$/i.test(key)) delete members[key];
      const error = await refusal(new AwsError(code, `Words of <${code}> & "more"`, { members }));
      const { httpError = 400, awsQueryError } = errorTraits(schema);
      // The client looks the error up by the code of the Query days first, and two shapes may share one.
      const namesake = server.model.errors.get(awsQueryError?.[0] ?? "")?.[2];
      expect([code, namesake]).toContain(error.name);
      expect({ code, message: error.message, ...error.$metadata }).toMatchObject({
        code,
        message: `Words of <${code}> & "more"`,
        httpStatusCode: awsQueryError?.[1] ?? httpError,
        requestId: "request-1",
      });
      expect({ code, members: await comparable(error) }).toMatchObject({ code, members: await comparable(members) });
    }
    console.log(`${name}: ${codes.length} errors`);
  });

  test("a refusal that no schema knows arrives with its code and words", async () => {
    const error = await refusal(new AwsError("Unmodelled", "1 thing is wrong"));
    expect(error).toMatchObject({ name: "Unmodelled", message: "1 thing is wrong" });
    expect(error.$metadata.httpStatusCode).toBe(400);
  });

  test("a failure of the server itself reveals no internals", async () => {
    const error = await refusal(new TypeError("secret detail"));
    expect(error.name).toBe("InternalFailure");
    expect(error.message).not.toContain("secret");
    expect(error.$metadata.httpStatusCode).toBe(500);
  });
});

/** Some operation of the service that may be called with nothing. */
function operationWithoutInput({ operations }: ServiceModel): string {
  const takesNothing = ({ input, http }: OperationModel) =>
    !http?.template.includes("{") &&
    (input.isUnitSchema() || ((input.getSchema() as StaticStructureSchema)[6] ?? 0) === 0);
  return [...operations.values()].find(takesNothing)!.name;
}
