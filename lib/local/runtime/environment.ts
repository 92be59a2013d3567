import { delimiter, dirname, join } from "node:path";
import type { FunctionSpec } from "./function-spec.ts";
import { INSTANCE_MARK } from "./supervisor.ts";

/** What differs from instance to instance. */
export interface InstanceIdentity {
  /** `127.0.0.1:port` of its Runtime API. */
  readonly runtimeApi: string;
  readonly logStream: string;
  readonly mark: string;
}

/**
 * The environment of a function's process, built from nothing: what AWS sets (as recorded), then the user's variables.
 * `AWS_ENDPOINT_URL` makes every SDK in the function talk to the local cloud.
 */
export function buildEnvironment(spec: FunctionSpec, instance: InstanceIdentity, runtimeFolder: string) {
  const opt = spec.layersFolder ?? "/opt";
  const environment: Record<string, string> = {
    ...identityVariables(spec, instance),
    AWS_ENDPOINT_URL: spec.endpoint,
    LAMBDA_TASK_ROOT: spec.codeFolder,
    LAMBDA_RUNTIME_DIR: runtimeFolder,
    LANG: "en_US.UTF-8",
    LD_LIBRARY_PATH: [spec.codeFolder, join(spec.codeFolder, "lib"), join(opt, "lib")].join(delimiter),
    PATH: [dirname(process.execPath), process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", join(opt, "bin")].join(
      delimiter,
    ),
    PWD: spec.codeFolder,
    TZ: ":UTC",
    _HANDLER: spec.handler,
    _LAMBDA_TELEMETRY_LOG_FD: "3",
    ...languageVariables(spec, opt),
  };
  if (spec.layersFolder !== undefined) environment["_TIDEGATE_LAYERS"] = spec.layersFolder;
  return { ...environment, ...spec.environment, [INSTANCE_MARK]: instance.mark };
}

function identityVariables(spec: FunctionSpec, instance: InstanceIdentity): Record<string, string> {
  const { logging, credentials } = spec;
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_DEFAULT_REGION: spec.region,
    AWS_REGION: spec.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: spec.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: spec.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: instance.logStream,
    AWS_LAMBDA_RUNTIME_API: instance.runtimeApi,
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000",
    _AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1",
    _AWS_XRAY_DAEMON_PORT: "2000",
    ...(logging.format === "JSON"
      ? { AWS_LAMBDA_LOG_FORMAT: "JSON", AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel }
      : {}),
  };
}

function languageVariables(spec: FunctionSpec, opt: string): Record<string, string> {
  if (spec.runtime.startsWith("nodejs")) {
    const major = /\d+/.exec(spec.runtime)?.[0];
    const folders = [
      join(opt, "nodejs", `node${major}`, "node_modules"),
      join(opt, "nodejs", "node_modules"),
      providedModules(),
    ];
    return { NODE_PATH: folders.join(delimiter) };
  }
  if (spec.runtime.startsWith("python")) {
    const version = spec.runtime.slice("python".length);
    const folders = [join(opt, "python"), join(opt, "python", "lib", `python${version}`, "site-packages")];
    return { PYTHONPATH: folders.join(delimiter), PYTHONDONTWRITEBYTECODE: "1" };
  }
  return {};
}

/** Where the AWS SDK that AWS's Node runtimes bring along comes from: the packages beside this one. */
function providedModules(): string {
  const [, folder] =
    /^(.*[\\/]node_modules)[\\/]/.exec(import.meta.resolve("@aws-sdk/core").replace("file://", "")) ?? [];
  return decodeURIComponent(folder ?? "");
}
