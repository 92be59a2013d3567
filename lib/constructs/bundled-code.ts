import { copyFileSync, existsSync, constants as fileConstants, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type FileAssetLocation, FileAssetPackaging, type IResolveContext, Lazy, Stack, Stage } from "aws-cdk-lib";
import { Code, type CodeConfig } from "aws-cdk-lib/aws-lambda";
import type { Construct, IConstruct } from "constructs";
import { BUNDLE_METADATA, recordBundle } from "../bundle/bundle-record.ts";
import type { Bundle, BundleOptions } from "../bundle/bundle-request.ts";
import { type BundleTicket, Bundler } from "../bundle/bundler.ts";
import { UserError } from "../errors.ts";
import { bundleProblems } from "./bundle-problems.ts";
import { type EntryFile, findEntryFile } from "./entry-file.ts";

/** What is packaged for a function. */
export interface BundledCodeProps {
  /** Path of the entry file as the user wrote it. */
  readonly entry: string;
  /** Name of the export that Lambda calls. */
  readonly exportName: string;
  readonly options: BundleOptions;
  /** Absolute path. */
  readonly projectFolder: string;
  /** The entry is part of this package, wherever that is installed. */
  readonly isOurs?: boolean;
}

/** Where code is that was not bundled: nowhere, and the same in every template. */
const NOT_BUNDLED = { bucketName: "not-bundled", objectKey: "not-bundled.zip" };

/**
 * Code that esbuild bundles while the app is still being constructed. Its hash and its place in the asset bucket are
 * tokens: resolving the first one waits for the package. Stacks that the context `aws:cdk:bundling-stacks` leaves out are
 * synthesised without bundling.
 */
export class BundledCode extends Code {
  readonly isInline = false;
  readonly #props: BundledCodeProps;
  readonly #constructPath: string;
  readonly #ticket: BundleTicket | undefined;
  readonly #entryProblem: string | undefined;
  /** Synthesis leaves bundling out for this stack: its template is not for deploying. */
  readonly #isSkipped: boolean;
  readonly #locations = new Map<Stack, FileAssetLocation>();

  constructor(owner: IConstruct, props: BundledCodeProps) {
    super();
    this.#props = props;
    this.#constructPath = owner.node.path;
    this.#isSkipped = !Stack.of(owner).bundlingRequired;
    const { entry, exportName, options, projectFolder } = props;
    const file: EntryFile = props.isOurs === true ? { path: entry } : findEntryFile(entry, projectFolder);
    if ("problem" in file) {
      this.#entryProblem = file.problem;
      return;
    }
    if (this.#isSkipped) return;
    const request = { entry: file.path, exportName, options, constructPath: owner.node.path };
    this.#ticket = Bundler.of(projectFolder).add(request);
    if (props.isOurs !== true) owner.node.addMetadata(BUNDLE_METADATA, recordBundle(request, projectFolder));
  }

  /** What is wrong with the code; blocks until it is packaged. */
  problems(): string[] {
    // That there is no entry is a problem of the props.
    if (this.#props.entry === "") return [];
    if (this.#ticket === undefined) return this.#entryProblem === undefined ? [] : [this.#entryProblem];
    const outcome = this.#ticket.outcome();
    if ("failure" in outcome) return [...outcome.failure.problems];
    return bundleProblems({ bundle: outcome.bundle, ...this.#props });
  }

  bind(scope: Construct): CodeConfig {
    return {
      s3Location: {
        bucketName: Lazy.uncachedString({ produce: (context) => this.#location(scope, context).bucketName }),
        objectKey: Lazy.uncachedString({ produce: (context) => this.#location(scope, context).objectKey }),
      },
    };
  }

  #location(scope: Construct, context: IResolveContext): Pick<FileAssetLocation, "bucketName" | "objectKey"> {
    if (this.#isSkipped && this.#entryProblem === undefined) return NOT_BUNDLED;
    const bundle = this.#tryBundle();
    if (bundle === undefined) {
      // Validation reports all problems of the app together: it runs between the preparing and the final resolving.
      if (context.preparing) return { bucketName: "none", objectKey: "none" };
      throw new UserError("BundleFailed", this.problems().join("\n"), { constructPath: this.#constructPath });
    }
    const stack = Stack.of(scope);
    let location = this.#locations.get(stack);
    if (location === undefined) {
      location = stack.synthesizer.addFileAsset({
        sourceHash: bundle.contentHash,
        fileName: stageZip(stack, bundle),
        packaging: FileAssetPackaging.FILE,
        displayName: `${this.#constructPath}/Code`,
      });
      this.#locations.set(stack, location);
    }
    return location;
  }

  #tryBundle(): Bundle | undefined {
    const outcome = this.#ticket?.outcome();
    return outcome !== undefined && "bundle" in outcome ? outcome.bundle : undefined;
  }
}

/** Puts a package into the cloud assembly. Returns its path relative to the stack's own part of the assembly. */
function stageZip(stack: Stack, bundle: Bundle): string {
  const stage = Stage.of(stack);
  if (stage === undefined) return bundle.zipFile;
  const staged = join(stage.assetOutdir, `asset.${bundle.contentHash}.zip`);
  if (!existsSync(staged)) {
    mkdirSync(stage.assetOutdir, { recursive: true });
    copyFileSync(bundle.zipFile, staged, fileConstants.COPYFILE_FICLONE);
  }
  return relative(stage.outdir, staged);
}
