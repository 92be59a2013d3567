const OWN_LINES =
  /^(?:Debugger (?:listening on|attached|ending on)|For help, see: https:\/\/nodejs\.org\/|Waiting for the debugger to disconnect)/;
const LISTENING = /^Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)\//;

/** Whether Node's inspector wrote a line of standard error. */
export function isInspectorLine(line: string): boolean {
  return OWN_LINES.test(line);
}

/** The port that the inspector says it listens on. */
export function inspectorPortIn(line: string): number | undefined {
  const port = LISTENING.exec(line)?.[1];
  return port === undefined ? undefined : Number(port);
}
