import type { AssemblyStack, Template } from "../../assembly/assembly.ts";
import { DEFAULT_QUALIFIER, journalBucketName, journalStackName } from "../../assembly/journal-names.ts";
import { readTemplate, releaseMetadataOf } from "../../assembly/read-template.ts";
import type { ReleaseMetadata } from "../../assembly/release-metadata.ts";
import { fillPlaceholders, type Target } from "../target.ts";

/** Where an app's journal is kept. */
export interface JournalPlace {
  /** The bucket of the journals. */
  readonly bucket: string;
  /** The stack that makes the bucket. */
  readonly stackName: string;
  /** Buckets that may hold the journal of an earlier version of Tidegate or of the app, and that it is moved from. */
  readonly olderBuckets: readonly string[];
}

/** What a stack says of the place. */
interface PlaceHint {
  readonly qualifier: string;
  readonly assetBuckets: readonly string[];
}

const QUALIFIER_IN_PARAMETER = /^\/cdk-bootstrap\/([^/]+)\/version$/;

/** Where the journal may be by the stacks of an assembly. Undefined where it has none of the app. */
export function tryPlaceOfAssembly(
  target: Target,
  app: string,
  stacks: readonly AssemblyStack[],
): JournalPlace | undefined {
  const hints = stacks.flatMap((stack) => {
    const release = releaseMetadataOf(readTemplate(stack).template);
    return release?.app === app ? [hintOfStack(stack, release)] : [];
  });
  return hints.length === 0 ? undefined : placeOf(target, hints);
}

/** Where the journal may be by the template of a stack that is deployed. */
export function placeOfDeployed(target: Target, template: Template, release: ReleaseMetadata): JournalPlace {
  return placeOf(target, [hintOfTemplate(template, release)]);
}

/** Where the journal is of an app that names no place. */
export function defaultPlace(target: Target): JournalPlace {
  return placeOf(target, []);
}

/** The first hint says where the journal belongs, all of them where it may have been. */
function placeOf(target: Target, hints: readonly PlaceHint[]): JournalPlace {
  const qualifier = hints[0]?.qualifier ?? DEFAULT_QUALIFIER;
  const { account, region } = target;
  const bucket = journalBucketName(qualifier, account, region);
  const others = hints.map((hint) => journalBucketName(hint.qualifier, account, region));
  const assets = hints.flatMap(({ assetBuckets }) => assetBuckets).map((name) => fillPlaceholders(name, target));
  const older = new Set([...others, ...assets, `cdk-${qualifier}-assets-${account}-${region}`]);
  older.delete(bucket);
  return { bucket, stackName: journalStackName(qualifier), olderBuckets: [...older] };
}

function hintOfStack(stack: AssemblyStack, release: ReleaseMetadata): PlaceHint {
  const named = QUALIFIER_IN_PARAMETER.exec(stack.bootstrapParameter ?? "")?.[1];
  const buckets = stack.assets.flatMap(({ destinations }) => destinations.map(({ bucketName }) => bucketName));
  return { qualifier: release.qualifier ?? named ?? DEFAULT_QUALIFIER, assetBuckets: [...new Set(buckets)] };
}

function hintOfTemplate(template: Template, release: ReleaseMetadata): PlaceHint {
  const parameter = String(template.Parameters?.["BootstrapVersion"]?.Default ?? "");
  const named = QUALIFIER_IN_PARAMETER.exec(parameter)?.[1];
  const buckets = Object.values(template.Resources ?? {}).flatMap(({ Properties }) =>
    bucketOfCode(Properties?.["Code"]),
  );
  return { qualifier: release.qualifier ?? named ?? DEFAULT_QUALIFIER, assetBuckets: [...new Set(buckets)] };
}

function bucketOfCode(code: unknown): string[] {
  if (typeof code !== "object" || code === null || !("S3Bucket" in code)) return [];
  const { S3Bucket: bucket } = code;
  if (typeof bucket === "string") return [bucket];
  const isSub = typeof bucket === "object" && bucket !== null && "Fn::Sub" in bucket;
  return isSub && typeof bucket["Fn::Sub"] === "string" ? [bucket["Fn::Sub"]] : [];
}
