/** A template's role that Lambda can assume, with a policy of the given statements. */
export function functionRole(...statements: readonly object[]) {
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const document = (...Statement: readonly object[]) => ({ Version: "2012-10-17", Statement });
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: document(trust),
      ...(statements.length > 0 && {
        Policies: [{ PolicyName: "default", PolicyDocument: document(...statements) }],
      }),
    },
  };
}
