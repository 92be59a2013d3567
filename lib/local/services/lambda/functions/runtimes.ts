/** Runtimes that the local cloud runs, newest first. */
const CARRIED = [
  "nodejs24.x",
  "nodejs22.x",
  "nodejs20.x",
  "nodejs18.x",
  "nodejs16.x",
  "python3.14",
  "python3.13",
  "python3.12",
  "python3.11",
  "python3.10",
  "python3.9",
  "python3.8",
  "provided.al2023",
  "provided.al2",
];

/** Runtimes that AWS has and the local cloud does not run. */
const NOT_CARRIED = [
  "java25",
  "java21",
  "java17",
  "java11",
  "java8.al2",
  "dotnet10",
  "dotnet8",
  "dotnet6",
  "ruby3.4",
  "ruby3.3",
  "ruby3.2",
];

/** Runtimes in which AWS no longer creates or updates functions. */
const RETIRED = new Set([
  "nodejs",
  "nodejs4.3",
  "nodejs4.3-edge",
  "nodejs6.10",
  "nodejs8.10",
  "nodejs10.x",
  "nodejs12.x",
  "nodejs14.x",
  "python2.7",
  "python3.6",
  "python3.7",
  "java8",
  "dotnetcore1.0",
  "dotnetcore2.0",
  "dotnetcore2.1",
  "dotnetcore3.1",
  "dotnet5.0",
  "dotnet7",
  "ruby2.5",
  "ruby2.7",
  "go1.x",
  "provided",
]);

/** What is known of a runtime's name. */
export function judgeRuntime(runtime: string): "carried" | "not carried" | "retired" | "unknown" {
  if (CARRIED.includes(runtime)) return "carried";
  if (NOT_CARRIED.includes(runtime)) return "not carried";
  return RETIRED.has(runtime) ? "retired" : "unknown";
}

/** Every runtime that AWS takes, as its error text lists them. */
export const VALID_RUNTIMES = `[${[...CARRIED, ...NOT_CARRIED].join(", ")}]`;
