import {
  CloudWatchClient,
  DeleteDashboardsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  PutDashboardCommand,
} from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  cloudwatch = cloud.client(CloudWatchClient);
});
afterAll(() => cloud.stop());

test("dashboards are kept, listed and deleted", async () => {
  const DashboardBody = JSON.stringify({ widgets: [] });
  await cloudwatch.send(new PutDashboardCommand({ DashboardName: "shop", DashboardBody }));
  expect(await cloudwatch.send(new GetDashboardCommand({ DashboardName: "shop" }))).toMatchObject({
    DashboardArn: "arn:aws:cloudwatch::000000000000:dashboard/shop",
    DashboardBody,
  });
  const { DashboardEntries } = await cloudwatch.send(new ListDashboardsCommand({ DashboardNamePrefix: "sh" }));
  expect(DashboardEntries).toMatchObject([{ DashboardName: "shop", Size: DashboardBody.length }]);
  await cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: ["shop"] }));
  await expect(cloudwatch.send(new GetDashboardCommand({ DashboardName: "shop" }))).rejects.toMatchObject({
    name: "ResourceNotFound",
    $metadata: { httpStatusCode: 404 },
  });
});

test("fails when a dashboard's body is not a JSON object", async () => {
  const put = new PutDashboardCommand({ DashboardName: "shop", DashboardBody: "[]" });
  await expect(cloudwatch.send(put)).rejects.toMatchObject({ name: "DashboardInvalidInputError" });
});
