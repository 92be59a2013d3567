import type { Cancel } from "../../state/clock.ts";
import type { LocalService, ServiceFactory } from "../../service.ts";
import { admitBefore } from "./access/admission.ts";
import { corsHeaders } from "./access/cors.ts";
import { operationsOf } from "./operations.ts";
import { startLifecycle } from "./lifecycle/lifecycle-run.ts";
import { openS3 } from "./context.ts";

/** Makes S3: buckets and objects, with bytes as blobs and records in the store. */
export const createS3: ServiceFactory<"s3"> = (cloud): LocalService<"s3"> => {
  const s3 = openS3(cloud);
  let stopLifecycle: Cancel | undefined;
  return {
    name: "s3",
    operations: admitBefore(s3, operationsOf(s3)),
    resourcePolicy: (arn) => s3.settings.get(arn.slice("arn:aws:s3:::".length).split("/")[0] ?? "", "policy"),
    corsHeaders: (request, url) => corsHeaders(s3, request, url),
    async start() {
      await s3.references.sweep();
      stopLifecycle = startLifecycle(s3);
      s3.deliveries.start();
    },
    stop() {
      stopLifecycle?.();
      s3.deliveries.stop();
    },
  };
};
