import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

/** Every name that a run makes begins with this, so that everything it made can be found and removed. */
export const PREFIX = "tidegate-acceptance";

/** Where the run takes place. */
export interface AccountOptions {
  readonly region: string;
  /** A local cloud's address. @default - AWS */
  readonly endpoint?: string;
}

/** The account that is asked: its clients and its identity. Credentials come from the SDK's usual chain. */
export class Account {
  readonly options: AccountOptions;
  readonly cloudformation: CloudFormationClient;
  readonly cloudwatch: CloudWatchClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly sns: SNSClient;
  readonly sts: STSClient;

  constructor(options: AccountOptions) {
    this.options = options;
    const settings = { ...options, maxAttempts: 8 };
    this.cloudformation = new CloudFormationClient(settings);
    this.cloudwatch = new CloudWatchClient(settings);
    this.iam = new IAMClient(settings);
    this.lambda = new LambdaClient(settings);
    this.logs = new CloudWatchLogsClient(settings);
    this.s3 = new S3Client({ ...settings, forcePathStyle: options.endpoint !== undefined });
    this.sfn = new SFNClient(settings);
    this.sns = new SNSClient(settings);
    this.sts = new STSClient(settings);
  }

  /** The caller's ARN and twelve-digit account. Throws what STS answers. */
  async identify(): Promise<{ readonly arn: string; readonly account: string }> {
    const { Arn: arn, Account: account } = await this.sts.send(new GetCallerIdentityCommand({}));
    if (arn === undefined || account === undefined) throw new Error("STS answered without an ARN or an account");
    return { arn, account };
  }

  /** Closes every connection. */
  close(): void {
    for (const client of [this.cloudformation, this.cloudwatch, this.iam, this.lambda, this.logs]) client.destroy();
    for (const client of [this.s3, this.sfn, this.sns, this.sts]) client.destroy();
  }
}
