import { expect, test } from "vitest";
import { AwsError } from "../../../lib/local/aws-error.ts";
import { fetchSsmParameters } from "../../../lib/local/services/cloudformation/prepare/ssm-parameters.ts";

const caller = { accessKeyId: "ASIACALLER" };
const names = Array.from({ length: 11 }, (_, index) => `n${index}`);

test("SSM-typed parameters are read as the caller, ten at a time", async () => {
  const calls: unknown[][] = [];
  const call = (...request: unknown[]): Promise<never> => {
    calls.push(request);
    return Promise.resolve({ Parameters: [{ Name: `n${calls.length}`, Value: "v" }] } as never);
  };
  const found = await fetchSsmParameters({ call }, "eu-west-1", caller, names);
  expect([...found]).toEqual([
    ["n1", "v"],
    ["n2", "v"],
  ]);
  const context = { accessKeyId: "ASIACALLER", region: "eu-west-1" };
  expect(calls).toEqual([
    ["ssm", "GetParameters", { Names: names.slice(0, 10) }, context],
    ["ssm", "GetParameters", { Names: ["n10"] }, context],
  ]);
});

test("a caller without ssm:GetParameters gets a ValidationError that names the action", async () => {
  const message = "User: arn:aws:iam::000000000000:user/a is not authorized to perform: ssm:GetParameters";
  const call = () => Promise.reject(new AwsError("AccessDeniedException", message));
  await expect(fetchSsmParameters({ call }, "us-east-1", caller, ["n"])).rejects.toMatchObject({
    code: "ValidationError",
    message: `${message} (Service: AWSSimpleSystemsManagement; Status Code: 400; Error Code: AccessDeniedException)`,
  });
});
