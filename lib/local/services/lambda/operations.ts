import type { Operations } from "../../service.ts";
import {
  getAccountSettings,
  getFunctionCodeSigningConfig,
  getFunctionRecursionConfig,
  getRuntimeManagementConfig,
  putFunctionRecursionConfig,
  putRuntimeManagementConfig,
} from "./functions/account.ts";
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from "./functions/aliases.ts";
import {
  deleteFunctionConcurrency,
  getFunctionConcurrency,
  putFunctionConcurrency,
} from "./concurrency/concurrency.ts";
import {
  deleteFunctionEventInvokeConfig,
  getFunctionEventInvokeConfig,
  listFunctionEventInvokeConfigs,
  putFunctionEventInvokeConfig,
  updateFunctionEventInvokeConfig,
} from "./invoke/event-invoke-config.ts";
import {
  createFunctionUrlConfig,
  deleteFunctionUrlConfig,
  getFunctionUrlConfig,
  listFunctionUrlConfigs,
  updateFunctionUrlConfig,
} from "./urls/function-urls.ts";
import {
  createFunction,
  deleteFunction,
  getFunction,
  getFunctionConfiguration,
  updateFunctionCode,
  updateFunctionConfiguration,
} from "./functions/functions.ts";
import { invoke } from "./invoke/invoke.ts";
import { invokeWithResponseStream } from "./invoke/invoke-stream.ts";
import {
  addLayerVersionPermission,
  deleteLayerVersion,
  getLayerVersion,
  getLayerVersionByArn,
  getLayerVersionPolicy,
  listLayers,
  listLayerVersions,
  publishLayerVersion,
  removeLayerVersionPermission,
} from "./layers/layers.ts";
import { addPermission, getPolicy, removePermission } from "./functions/permissions.ts";
import {
  deleteProvisionedConcurrencyConfig,
  getProvisionedConcurrencyConfig,
  listProvisionedConcurrencyConfigs,
  putProvisionedConcurrencyConfig,
} from "./concurrency/provisioned-concurrency.ts";
import { listTags, tagResource, untagResource } from "./functions/tags.ts";
import { listFunctions, listVersionsByFunction, publishVersion } from "./functions/versions.ts";
import {
  createEventSourceMapping,
  deleteEventSourceMapping,
  getEventSourceMapping,
  listEventSourceMappings,
  updateEventSourceMapping,
} from "./event-sources/event-source-mappings.ts";
import type { Lambda } from "./context.ts";

/** Every operation of Lambda that is carried, by AWS's name. */
export function operationsOf(lambda: Lambda): Operations<"lambda"> {
  return { ...codeOperations(lambda), ...settingOperations(lambda) };
}

/** Functions, versions, aliases, who may call them, and calling them. */
function codeOperations(lambda: Lambda): Operations<"lambda"> {
  return {
    CreateFunction: (input, context) => createFunction(lambda, input, context),
    GetFunction: (input, context) => getFunction(lambda, input, context),
    GetFunctionConfiguration: (input, context) => getFunctionConfiguration(lambda, input, context),
    UpdateFunctionCode: (input, context) => updateFunctionCode(lambda, input, context),
    UpdateFunctionConfiguration: (input, context) => updateFunctionConfiguration(lambda, input, context),
    DeleteFunction: (input, context) => deleteFunction(lambda, input, context),
    ListFunctions: (input, context) => listFunctions(lambda, input, context),
    PublishVersion: (input, context) => publishVersion(lambda, input, context),
    ListVersionsByFunction: (input, context) => listVersionsByFunction(lambda, input, context),
    CreateAlias: (input, context) => createAlias(lambda, input, context),
    GetAlias: (input, context) => getAlias(lambda, input, context),
    UpdateAlias: (input, context) => updateAlias(lambda, input, context),
    DeleteAlias: (input, context) => deleteAlias(lambda, input, context),
    ListAliases: (input, context) => listAliases(lambda, input, context),
    Invoke: (input, context) => invoke(lambda, input, context),
    InvokeWithResponseStream: (input, context) => invokeWithResponseStream(lambda, input, context),
    AddPermission: (input, context) => addPermission(lambda, input, context),
    RemovePermission: (input, context) => removePermission(lambda, input, context),
    GetPolicy: (input, context) => getPolicy(lambda, input, context),
  };
}

/** What is set beside the code: limits, retries, URLs, layers, tags, event sources. */
function settingOperations(lambda: Lambda): Operations<"lambda"> {
  return {
    PutFunctionConcurrency: (input, context) => putFunctionConcurrency(lambda, input, context),
    GetFunctionConcurrency: (input, context) => getFunctionConcurrency(lambda, input, context),
    DeleteFunctionConcurrency: (input, context) => deleteFunctionConcurrency(lambda, input, context),
    PutProvisionedConcurrencyConfig: (input, context) => putProvisionedConcurrencyConfig(lambda, input, context),
    GetProvisionedConcurrencyConfig: (input, context) => getProvisionedConcurrencyConfig(lambda, input, context),
    DeleteProvisionedConcurrencyConfig: (input, context) => deleteProvisionedConcurrencyConfig(lambda, input, context),
    ListProvisionedConcurrencyConfigs: (input, context) => listProvisionedConcurrencyConfigs(lambda, input, context),
    PutFunctionEventInvokeConfig: (input, context) => putFunctionEventInvokeConfig(lambda, input, context),
    UpdateFunctionEventInvokeConfig: (input, context) => updateFunctionEventInvokeConfig(lambda, input, context),
    GetFunctionEventInvokeConfig: (input, context) => getFunctionEventInvokeConfig(lambda, input, context),
    DeleteFunctionEventInvokeConfig: (input, context) => deleteFunctionEventInvokeConfig(lambda, input, context),
    ListFunctionEventInvokeConfigs: (input, context) => listFunctionEventInvokeConfigs(lambda, input, context),
    CreateFunctionUrlConfig: (input, context) => createFunctionUrlConfig(lambda, input, context),
    UpdateFunctionUrlConfig: (input, context) => updateFunctionUrlConfig(lambda, input, context),
    GetFunctionUrlConfig: (input, context) => getFunctionUrlConfig(lambda, input, context),
    DeleteFunctionUrlConfig: (input, context) => deleteFunctionUrlConfig(lambda, input, context),
    ListFunctionUrlConfigs: (input, context) => listFunctionUrlConfigs(lambda, input, context),
    PublishLayerVersion: (input, context) => publishLayerVersion(lambda, input, context),
    GetLayerVersion: (input, context) => getLayerVersion(lambda, input, context),
    GetLayerVersionByArn: (input, context) => getLayerVersionByArn(lambda, input, context),
    ListLayerVersions: (input, context) => listLayerVersions(lambda, input, context),
    ListLayers: (input, context) => listLayers(lambda, input, context),
    DeleteLayerVersion: (input, context) => deleteLayerVersion(lambda, input, context),
    AddLayerVersionPermission: (input, context) => addLayerVersionPermission(lambda, input, context),
    GetLayerVersionPolicy: (input, context) => getLayerVersionPolicy(lambda, input, context),
    RemoveLayerVersionPermission: (input, context) => removeLayerVersionPermission(lambda, input, context),
    TagResource: (input, context) => tagResource(lambda, input, context),
    UntagResource: (input, context) => untagResource(lambda, input, context),
    ListTags: (input, context) => listTags(lambda, input, context),
    GetFunctionCodeSigningConfig: (input, context) => getFunctionCodeSigningConfig(lambda, input, context),
    GetFunctionRecursionConfig: (input, context) => getFunctionRecursionConfig(lambda, input, context),
    PutFunctionRecursionConfig: (input, context) => putFunctionRecursionConfig(lambda, input, context),
    GetRuntimeManagementConfig: (input, context) => getRuntimeManagementConfig(lambda, input, context),
    PutRuntimeManagementConfig: (input, context) => putRuntimeManagementConfig(lambda, input, context),
    CreateEventSourceMapping: (input, context) => createEventSourceMapping(lambda, input, context),
    UpdateEventSourceMapping: (input, context) => updateEventSourceMapping(lambda, input, context),
    GetEventSourceMapping: (input, context) => getEventSourceMapping(lambda, input, context),
    DeleteEventSourceMapping: (input, context) => deleteEventSourceMapping(lambda, input, context),
    ListEventSourceMappings: (input, context) => listEventSourceMappings(lambda, input, context),
    GetAccountSettings: (_input, context) => getAccountSettings(lambda, context),
  };
}
