import type { StaticErrorSchema } from "@smithy/types";
import { NormalizedSchema } from "@smithy/core/schema";

/** The traits of an error that say how it looks over HTTP. */
export interface ErrorTraits {
  readonly httpError?: number;
  /** The code and status that Query clients know. */
  readonly awsQueryError?: readonly [code: string, status: number];
}

/** Reads the traits of an error's schema. */
export function errorTraits(schema: StaticErrorSchema): ErrorTraits {
  return NormalizedSchema.of(schema).getMergedTraits() as object;
}
