/** The part of a terminal that keys are read from. */
export interface KeyInput {
  setRawMode(isRaw: boolean): unknown;
  on(event: "data", listener: (chunk: Buffer) => void): unknown;
  off(event: "data", listener: (chunk: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const CTRL_C = "\u0003";

/** Calls the action of each key that is pressed. Returns what gives the terminal back. */
export function readKeys(
  input: KeyInput,
  actions: Readonly<Record<string, () => void>>,
  onInterrupt: () => void,
): () => void {
  const listen = (chunk: Buffer) => {
    for (const key of chunk.toString("utf8")) {
      if (key === CTRL_C) onInterrupt();
      else if (Object.hasOwn(actions, key)) actions[key]?.();
    }
  };
  input.setRawMode(true);
  input.on("data", listen);
  input.resume();
  return () => {
    input.off("data", listen);
    input.setRawMode(false);
    input.pause();
  };
}
