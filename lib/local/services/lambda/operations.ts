import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Lambda } from "./context.ts";
import * as concurrency from "./concurrency/concurrency.ts";
import * as provisionedConcurrency from "./concurrency/provisioned-concurrency.ts";
import * as eventSourceMappings from "./event-sources/event-source-mappings.ts";
import * as account from "./functions/account.ts";
import * as aliases from "./functions/aliases.ts";
import * as functions from "./functions/functions.ts";
import * as permissions from "./functions/permissions.ts";
import * as tags from "./functions/tags.ts";
import * as versions from "./functions/versions.ts";
import * as eventInvokeConfig from "./invoke/event-invoke-config.ts";
import * as invokeStream from "./invoke/invoke-stream.ts";
import * as invoke from "./invoke/invoke.ts";
import * as layers from "./layers/layers.ts";
import * as functionUrls from "./urls/function-urls.ts";

/** The operations of Lambda that are carried. */
export function operationsOf(lambda: Lambda): Operations<"lambda"> {
  return bindOperations("lambda", lambda, [
    concurrency,
    provisionedConcurrency,
    eventSourceMappings,
    account,
    aliases,
    functions,
    permissions,
    tags,
    versions,
    eventInvokeConfig,
    invokeStream,
    invoke,
    layers,
    functionUrls,
  ]);
}
