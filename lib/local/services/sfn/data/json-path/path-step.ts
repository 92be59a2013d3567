/** One step of a path. */
export type PathStep =
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "indexes"; readonly indexes: readonly number[] }
  | { readonly kind: "slice"; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: "all" }
  | { readonly kind: "filter"; readonly filter: Filter }
  /** The value itself and everything below it. */
  | { readonly kind: "deep" };

/** A path as it was read. `isDefinite`: it leads to one place at most. */
export interface ParsedPath {
  readonly steps: readonly PathStep[];
  readonly isDefinite: boolean;
}

/** One side of a comparison. */
export type Operand =
  | { readonly kind: "value"; readonly value: unknown }
  /** `root`: from `$`; else from the item that is tested, `@`. */
  | { readonly kind: "path"; readonly path: ParsedPath; readonly from: "item" | "root" };

/** What an item must fulfil: `[?(@.price < 10 && @.name)]`. */
export type Filter =
  | { readonly kind: "and" | "or"; readonly filters: readonly Filter[] }
  | { readonly kind: "not"; readonly filter: Filter }
  | { readonly kind: "exists"; readonly operand: Operand }
  | { readonly kind: "compare"; readonly left: Operand; readonly operator: string; readonly right: Operand };
