export type { AppResource, ResourceName } from "./app-resources.ts";
export type { DeployOptions } from "./deploy-to.ts";
export { FunctionFailed, type InvokeOptions } from "./invoke-function.ts";
export type { ClientClass, ClientSettings } from "./place.ts";
export type { LogOptions } from "./read-logs.ts";
export { startCloud, type CloudOptions, type TestCloud } from "./start-cloud.ts";
export type { FetchOptions, TestApp } from "./test-app.ts";
export type { TestClock } from "./test-clock.ts";
