import { CodeMaps } from "./code-maps.ts";
import { type FileCheck, filesOf } from "./source-path.ts";

/** What stack traces are mapped with. */
export interface TraceMapper {
  readonly maps: CodeMaps;
  readonly exists: FileCheck;
}

/** Maps traces to the sources of a project. */
export function traceMapperOf(projectFolder: string): TraceMapper {
  return { maps: new CodeMaps(projectFolder), exists: filesOf(projectFolder) };
}
