import { AwsError } from "../../../aws-error.ts";
import { isObject } from "../../../../template/is-object.ts";
import { resource } from "./resource.ts";
import { textOf } from "../../../../template/text.ts";

/** AWS::CloudFormation::WaitConditionHandle: an address that takes signals. */
export const waitConditionHandle = resource("AWS::CloudFormation::WaitConditionHandle", {
  async create(_desired, context) {
    context.own.openCallback(context.requestToken);
    return { physicalId: context.own.callbackUrls(context.requestToken).forAnybody };
  },
  update: async (_desired, current) => current,
  async delete(current, context) {
    context.own.closeCallback(tokenOf(current.physicalId));
  },
});

/** AWS::CloudFormation::WaitCondition: waits until its handle has got its signals. */
export const waitCondition = resource("AWS::CloudFormation::WaitCondition", {
  async create(desired, context) {
    const handle = String(desired.Handle);
    const count = desired.Count ?? 1;
    const timeoutMs = Number(desired.Timeout ?? 0) * 1000;
    const answers = await context.own.answers(tokenOf(handle), count, timeoutMs, context.signal);
    if (!answers)
      throw new AwsError("NotStabilized", `WaitCondition timed out. Received 0 conditions when expecting ${count}`);
    const signals = answers.filter(isObject);
    const failed = signals.find((signal) => signal.Status !== "SUCCESS");
    if (failed)
      throw new AwsError(
        "NotStabilized",
        `WaitCondition received failed message: '${textOf(failed.Reason)}' for uniqueId: ${textOf(failed.UniqueId)}`,
      );
    const data = Object.fromEntries(signals.map((signal) => [textOf(signal.UniqueId), signal.Data]));
    return { physicalId: `${context.stackId}/${context.logicalId}`, attributes: { Data: JSON.stringify(data) } };
  },
  delete: async () => undefined,
});

function tokenOf(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}
