import type { ReleaseMetadata } from "./release-metadata.ts";

/** A cloud assembly as synth leaves it on disk, read and checked. */
export interface Assembly {
  /** Absolute. */
  readonly folder: string;
  /** In an order in which they can be deployed: dependencies first. Stacks of nested assemblies are among them. */
  readonly stacks: readonly AssemblyStack[];
}

/** One stack of an assembly. */
export interface AssemblyStack {
  /** Unique in the assembly; what `dependsOn` refers to. */
  readonly id: string;
  readonly stackName: string;
  /** The construct's path, for example `Prod/Api`: what people call the stack. */
  readonly displayName: string;
  /** Absolute path of the template file. */
  readonly templatePath: string;
  /** `unknown-account` where the app left it open. */
  readonly account: string;
  /** `unknown-region` where the app left it open. */
  readonly region: string;
  readonly dependsOn: readonly string[];
  readonly assumeRoleArn?: string;
  readonly executionRoleArn?: string;
  /** Where the template is uploaded: `s3://bucket/key`, with placeholders. */
  readonly templateObjectUrl?: string;
  readonly bootstrapParameter?: string;
  readonly requiredBootstrapVersion?: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly notificationArns: readonly string[];
  readonly terminationProtection: boolean;
  readonly assets: readonly FileAsset[];
  /** Docker images that the stack needs built: this deployer reports them and refuses. */
  readonly dockerImages: readonly string[];
  /** Where each logical id comes from. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** Context lookups of the app that have no value yet. */
  readonly missingContext: readonly string[];
}

/** The construct behind a logical id. */
export interface Origin {
  /** For example `Todo/Create/Role`. */
  readonly constructPath: string;
  /** The line of the user's source that made it, for example `bin/app.ts:12:3`, where synth knew. */
  readonly source?: string;
}

/** A file or folder that has to be in S3 before the stack is deployed. */
export interface FileAsset {
  /** Content hash. */
  readonly id: string;
  readonly displayName: string;
  /** Absolute. */
  readonly path: string;
  /** `zip`: a folder that is zipped on its way. */
  readonly packaging: "file" | "zip";
  readonly destinations: readonly AssetDestination[];
}

/** Where an asset goes. Values carry the CDK's placeholders (`${AWS::AccountId}`). */
export interface AssetDestination {
  readonly bucketName: string;
  readonly objectKey: string;
  readonly region?: string;
  readonly assumeRoleArn?: string;
}

/** A template with the parts that the deployer reads. */
export interface Template {
  readonly Metadata?: { readonly [key: string]: unknown; readonly "Tidegate::Release"?: ReleaseMetadata };
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** A parameter as a template declares it. */
export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string | number;
  readonly Description?: string;
}

/** A resource as a template declares it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  /** The name of the condition under which the resource exists. */
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: unknown;
  readonly UpdateReplacePolicy?: unknown;
}
