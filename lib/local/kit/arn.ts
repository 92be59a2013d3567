/** An ARN taken apart. A part that is missing is empty. */
export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Everything after the account, for example `stream/orders` or `function:greet:live`. */
  readonly resource: string;
}

/** The parts of an ARN, `arn:partition:service:region:account:resource`. Text that is not an ARN has empty parts. */
export function readArn(arn: string): ArnParts {
  const [, partition = "", service = "", region = "", account = "", ...resource] = arn.split(":");
  return { partition, service, region, account, resource: resource.join(":") };
}
