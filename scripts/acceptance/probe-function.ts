import {
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { zip } from "../../lib/bundle/zip.ts";
import type { Bench } from "./assumption.ts";

/** Answers with the version that runs, and logs it with the event, so that an asynchronous call can be traced. */
const CODE = `exports.handler = async (event, context) => {
  console.log(JSON.stringify({ version: context.functionVersion, event }));
  return { version: context.functionVersion };
};
`;

/** The alias that the probes move. */
export const ALIAS = "live";

/** A function with versions and the alias `live`, driven by the calls that the release engine makes. */
export class ProbeFunction {
  readonly name: string;
  readonly #lambda: LambdaClient;
  readonly #bench: Bench;

  private constructor(name: string, bench: Bench) {
    this.name = name;
    this.#bench = bench;
    this.#lambda = bench.account.lambda;
  }

  /** Makes the function, its version 1, and the alias on it. */
  static async create(name: string, bench: Bench): Promise<ProbeFunction> {
    const made = new ProbeFunction(name, bench);
    const ZipFile = await zip([{ name: "index.js", content: Buffer.from(CODE) }]);
    await made.#lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Role: bench.roleArn,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Code: { ZipFile },
      }),
    );
    await made.settle();
    await made.#lambda.send(
      new CreateAliasCommand({ FunctionName: name, Name: ALIAS, FunctionVersion: await made.publish() }),
    );
    return made;
  }

  /** Waits until the function takes another update. */
  async settle(): Promise<void> {
    await this.#bench.until(`${this.name} to be ready`, async () => {
      const found = await this.#lambda.send(new GetFunctionConfigurationCommand({ FunctionName: this.name }));
      return found.State === "Active" && found.LastUpdateStatus === "Successful" ? true : undefined;
    });
  }

  /** Publishes what `$LATEST` holds and returns the version's number. */
  async publish(): Promise<string> {
    const { Version } = await this.#lambda.send(new PublishVersionCommand({ FunctionName: this.name }));
    if (Version === undefined) throw new Error(`PublishVersion of ${this.name} answered without a version`);
    await this.settle();
    return Version;
  }

  /** Changes the function's configuration, so that the next `publish` makes a version, and publishes it. */
  async publishChanged(mark: string): Promise<string> {
    await this.#lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: this.name,
        Environment: { Variables: { MARK: mark } },
      }),
    );
    await this.settle();
    return this.publish();
  }

  /** Moves the alias in one call; all traffic goes to the version. */
  async move(version: string): Promise<void> {
    const RoutingConfig = { AdditionalVersionWeights: {} };
    await this.#lambda.send(
      new UpdateAliasCommand({ FunctionName: this.name, Name: ALIAS, FunctionVersion: version, RoutingConfig }),
    );
  }

  /** The version that the alias names. */
  async live(): Promise<string | undefined> {
    return (await this.#lambda.send(new GetAliasCommand({ FunctionName: this.name, Name: ALIAS }))).FunctionVersion;
  }

  /** The alias's RevisionId. */
  async revision(): Promise<string | undefined> {
    return (await this.#lambda.send(new GetAliasCommand({ FunctionName: this.name, Name: ALIAS }))).RevisionId;
  }

  /** Calls the alias and returns the version that ran. */
  async invoke(): Promise<string | undefined> {
    const found = await this.#lambda.send(new InvokeCommand({ FunctionName: this.name, Qualifier: ALIAS }));
    return found.ExecutedVersion;
  }
}
