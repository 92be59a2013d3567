/**
 * What runs in the child process of a Python function, handed to `python3 -u -c`: it takes events from the Runtime API,
 * calls the handler, and posts what it answers. Kept as text because it is Python, and ships with the compiled package.
 */
export const PYTHON_BOOTSTRAP = String.raw`
import http.client, importlib, json, logging, os, sys, time, traceback

BASE = "/2018-06-01/runtime"
RESPONSE_HOST = "cfn-response.tidegate.internal"
_http_connection = http.client.HTTPConnection
_current = {"id": None}


class RuntimeFailure(Exception):
    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind = kind
        self.trace = list(trace)


class Client:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.connection = _http_connection(host, int(port))

    def send(self, method, path, body=None, headers={}):
        self.connection.request(method, BASE + path, body, headers)
        response = self.connection.getresponse()
        return response.headers, response.read()

    def fail(self, path, error):
        kind = error["errorType"].encode("ascii", "replace").decode()
        headers = {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": kind}
        self.send("POST", path, json.dumps(error).encode(), headers)


class Identity:
    def __init__(self):
        self.cognito_identity_id = None
        self.cognito_identity_pool_id = None


class Fields:
    def __init__(self, values):
        self.__dict__.update(values)


class LambdaContext:
    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = Identity()
        client = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = self._client_context(json.loads(client)) if client else None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    @staticmethod
    def _client_context(given):
        return Fields({"custom": given.get("custom"), "env": given.get("env"), "client": Fields(given.get("client") or {})})

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


class LogHandler(logging.Handler):
    def emit(self, record):
        write_event(self.format(record))


class TextFormatter(logging.Formatter):
    converter = time.gmtime

    def __init__(self):
        super().__init__("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(request)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")

    def format(self, record):
        record.request = _current["id"]
        return super().format(record) + "\n"


class JsonFormatter(logging.Formatter):
    def format(self, record):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        line = {"timestamp": at, "level": record.levelname, "message": record.getMessage(), "logger": record.name}
        if record.exc_info:
            line["errorType"] = record.exc_info[0].__name__
            line["errorMessage"] = str(record.exc_info[1])
            line["stackTrace"] = traceback.format_tb(record.exc_info[2])
        if _current["id"]:
            line["requestId"] = _current["id"]
        return json.dumps(line) + "\n"


_telemetry = int(os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", "1"))


def write_event(text):
    body = text.encode("utf-8", "replace")
    if _telemetry != 1:
        stamp = int(time.time() * 1000000)
        body = bytes.fromhex("a55a0003") + len(body).to_bytes(4, "big") + stamp.to_bytes(8, "big") + body
    sys.stdout.flush()
    while body:
        body = body[os.write(_telemetry, body):]


def set_up_logging():
    as_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"
    handler = LogHandler()
    handler.setFormatter(JsonFormatter() if as_json else TextFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "WARNING").upper()
    root.setLevel({"TRACE": "DEBUG", "FATAL": "CRITICAL", "WARN": "WARNING"}.get(level, level))


def load_handler(name):
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise RuntimeFailure("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (name, error))
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise RuntimeFailure("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise RuntimeFailure("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error), trace)
    if not hasattr(module, function_name):
        raise RuntimeFailure("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name))
    return getattr(module, function_name)


def describe(error):
    described = {"errorMessage": str(error), "errorType": type(error).__name__}
    if isinstance(error, RuntimeFailure):
        described["errorType"] = error.kind
    described["requestId"] = _current["id"] or ""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != "<string>"]
    described["stackTrace"] = error.trace if isinstance(error, RuntimeFailure) else traceback.format_list(own)
    return described


def log_error(described):
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return write_event(json.dumps({"timestamp": at, "level": "ERROR", **described}) + "\n")
    lines = ["[ERROR] %s: %s" % (described["errorType"], described["errorMessage"]), "Traceback (most recent call last):"]
    write_event("\n".join(lines + [line.rstrip("\n") for line in described["stackTrace"]]) + "\n")


def reroute_custom_resource_answers():
    endpoint = http.client.urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    if not endpoint.hostname:
        return
    secure = http.client.HTTPSConnection
    start, connect = secure.__init__, secure.connect

    def init(self, host, *args, **options):
        start(self, host, *args, **options)
        self._rerouted = self.host == RESPONSE_HOST
        if self._rerouted:
            self.host, self.port = endpoint.hostname, endpoint.port

    def plain_or_secure(self):
        return http.client.HTTPConnection.connect(self) if self._rerouted else connect(self)

    def putheader(self, header, *values):
        own = self._rerouted and header.lower() == "host"
        http.client.HTTPConnection.putheader(self, header, *((endpoint.netloc,) if own else values))

    secure.__init__, secure.connect, secure.putheader = init, plain_or_secure, putheader
    return endpoint


def reroute_urllib3(endpoint):
    """urllib3 (and requests) have connections of their own; patched once they are loaded."""
    module = sys.modules.get("urllib3.poolmanager")
    if endpoint is None or module is None or hasattr(module.PoolManager, "_rerouted"):
        return
    original = module.PoolManager.connection_from_host

    def connection_from_host(self, host, port=None, scheme="http", pool_kwargs=None):
        if host == RESPONSE_HOST:
            host, port, scheme = endpoint.hostname, endpoint.port, "http"
        return original(self, host, port=port, scheme=scheme, pool_kwargs=pool_kwargs)

    module.PoolManager.connection_from_host = connection_from_host
    module.PoolManager._rerouted = True


def handle(client, handler, headers, body):
    _current["id"] = headers["Lambda-Runtime-Aws-Request-Id"]
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
    path = "/invocation/" + _current["id"]
    try:
        result = handler(json.loads(body), LambdaContext(headers))
        try:
            answer = json.dumps(result, ensure_ascii=False).encode()
        except Exception as error:
            raise RuntimeFailure("Runtime.MarshalError", "Unable to marshal response: %s" % error)
    except Exception as error:
        described = describe(error)
        log_error(described)
        sys.stdout.flush()
        return client.fail(path + "/error", described)
    sys.stdout.flush()
    client.send("POST", path + "/response", answer, {"Content-Type": "application/json"})


def main():
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    client = Client(os.environ["AWS_LAMBDA_RUNTIME_API"])
    set_up_logging()
    endpoint = reroute_custom_resource_answers()
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as error:
        described = describe(error)
        log_error(described)
        client.fail("/init/error", described)
        sys.exit(1)
    while True:
        reroute_urllib3(endpoint)
        headers, body = client.send("GET", "/invocation/next")
        handle(client, handler, headers, body)


main()
`;
