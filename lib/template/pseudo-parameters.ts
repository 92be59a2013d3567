/**
 * The names that `Ref` and `Fn::Sub` know in every template.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
 */
export const PSEUDO_PARAMETERS: ReadonlySet<string> = new Set([
  "AWS::AccountId",
  "AWS::Region",
  "AWS::Partition",
  "AWS::URLSuffix",
  "AWS::StackId",
  "AWS::StackName",
  "AWS::NotificationARNs",
  "AWS::NoValue",
]);
