/** A workflow, or a branch of one, in the Amazon States Language (https://states-language.net/spec.html). */
export interface AslBranch {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, AslState>>;
  readonly QueryLanguage?: "JSONPath" | "JSONata";
  readonly TimeoutSeconds?: number;
  readonly ProcessorConfig?: { readonly Mode?: "INLINE" | "DISTRIBUTED"; readonly ExecutionType?: string };
}

/** One state. Which fields it has depends on its type. */
export interface AslState {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly QueryLanguage?: "JSONPath" | "JSONata";
  readonly Retry?: readonly AslRetrier[];
  readonly Catch?: readonly AslCatcher[];
  readonly Choices?: readonly AslChoice[];
  readonly Branches?: readonly AslBranch[];
  readonly ItemProcessor?: AslBranch;
  readonly Iterator?: AslBranch;
  readonly Default?: string;
  readonly Resource?: string;
  /** Paths of JSONPath; null discards. */
  readonly InputPath?: string | null;
  readonly OutputPath?: string | null;
  readonly ResultPath?: string | null;
  readonly ItemsPath?: string;
  readonly SecondsPath?: string;
  readonly TimestampPath?: string;
  readonly Label?: string;
  readonly ItemReader?: Readonly<Record<string, unknown>>;
  readonly ItemBatcher?: Readonly<Record<string, unknown>>;
  readonly ResultWriter?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** When an attempt that failed is made again. */
export interface AslRetrier {
  readonly ErrorEquals: readonly string[];
  /** 1 unless said. */
  readonly IntervalSeconds?: number;
  /** 3 unless said. */
  readonly MaxAttempts?: number;
  /** 2 unless said. */
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: "FULL" | "NONE";
}

/** Where a failure leads. */
export interface AslCatcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
  readonly Output?: unknown;
  readonly Assign?: unknown;
}

/** One rule of a choice: a condition in one of the two query languages. */
export interface AslChoice {
  readonly Next?: string;
  readonly Condition?: unknown;
  readonly Assign?: unknown;
  readonly Output?: unknown;
  readonly And?: readonly AslChoice[];
  readonly Or?: readonly AslChoice[];
  readonly Not?: AslChoice;
  readonly Variable?: string;
  readonly [operator: string]: unknown;
}
