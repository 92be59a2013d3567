import { readFileSync } from "node:fs";
import { Stage } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import type { AnalysisPolicy, RolloutPolicy, WatchPolicy } from "../assembly/release-metadata.ts";
import type { CodeDeployTerms } from "./code-deploy-terms.ts";
import { SETTINGS_CONTEXT } from "./stage-settings.ts";

/** The terms of an app's release, the same in each of its stacks. */
export interface ReleaseTerms {
  readonly app: string;
  readonly policy: RolloutPolicy;
  readonly analysis?: AnalysisPolicy;
  readonly keepVersions: number;
  /** Absent: not watched after the success. */
  readonly watch?: WatchPolicy;
  /** Present where CodeDeploy moves the aliases, each by itself: then there is no release. */
  readonly codeDeploy?: CodeDeployTerms;
}

/** Terms where the user named none: all at once, the last five versions kept. */
const DEFAULT_TERMS = {
  policy: { name: "AllAtOnce", steps: [], finalBakeMs: 0 },
  keepVersions: 5,
} as const;

const TERMS = Symbol.for("tidegate.release-terms");

type Holder = IConstruct & { [TERMS]?: Partial<ReleaseTerms> };

/** Sets the terms of the release of an app or of one of its CDK stages. Returns false where it already has terms. */
export function trySetReleaseTerms(scope: IConstruct, terms: Partial<ReleaseTerms>): boolean {
  const holder = releaseScope(scope) as Holder;
  if (holder[TERMS] !== undefined) return false;
  holder[TERMS] = terms;
  return true;
}

/** The terms of a construct's release. */
export function releaseTerms(scope: IConstruct): ReleaseTerms {
  const holders = [releaseScope(scope), scope.node.root] as Holder[];
  const terms = holders.map((holder) => holder[TERMS]).find((found) => found !== undefined);
  return { ...DEFAULT_TERMS, ...terms, app: terms?.app ?? appName(scope) };
}

/** A release spans what is deployed together: the CDK stage, or the whole app where it has none. */
function releaseScope(scope: IConstruct): IConstruct {
  return Stage.of(scope) ?? scope.node.root;
}

/** The app's name: from the context, else the project's package name, else the first stack's name. */
function appName(scope: IConstruct): string {
  const settings = scope.node.tryGetContext(SETTINGS_CONTEXT) as { readonly app?: string } | undefined;
  return settings?.app ?? packageName() ?? scope.node.root.node.children[0]?.node.id ?? "app";
}

let cachedPackageName: { readonly folder: string; readonly name: string | undefined } | undefined;

function packageName(): string | undefined {
  const folder = process.cwd();
  if (cachedPackageName?.folder !== folder) cachedPackageName = { folder, name: readPackageName() };
  return cachedPackageName.name;
}

function readPackageName(): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync("package.json", "utf8")) as { name?: string };
    return name?.replace(/^@[^/]*\//, "");
  } catch {
    return undefined;
  }
}
