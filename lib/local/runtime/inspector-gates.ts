import { connect, createServer, type Server, type Socket } from "node:net";

/** A process whose inspector is reached through a gate. */
export interface InspectedProcess {
  /** Those of equal code and settings share it: a debugger stays with the first. */
  readonly key: string;
  /** Where Node's inspector listens, on 127.0.0.1. */
  readonly port: number;
}

interface Gate {
  readonly server: Server;
  target: InspectedProcess | undefined;
  readonly sockets: Map<Socket, number>;
}

/**
 * Fixed ports for the inspectors of function processes, which come and go: a debugger attaches to one port, and is let
 * go when another version takes over, so that it attaches again.
 */
export class InspectorGates {
  readonly #gates = new Map<number, Gate>();
  readonly #onTrouble: (text: string) => void;

  constructor(onTrouble: (text: string) => void) {
    this.#onTrouble = onTrouble;
  }

  /** Leads a port to a process from now on, unless it leads to a living one of the same code. */
  point(port: number, process: InspectedProcess): void {
    const gate = this.#gates.get(port) ?? this.#open(port);
    if (gate.target?.key === process.key) return;
    gate.target = process;
    for (const [socket, target] of gate.sockets) if (target !== process.port) socket.destroy();
  }

  /** The process has ended. */
  forget(port: number, processPort: number): void {
    const gate = this.#gates.get(port);
    if (gate?.target?.port === processPort) gate.target = undefined;
  }

  /** Whether a debugger is attached to the process. */
  isAttached(port: number, processPort: number): boolean {
    return [...(this.#gates.get(port)?.sockets.values() ?? [])].includes(processPort);
  }

  close(): void {
    for (const { server, sockets } of this.#gates.values()) {
      server.close();
      for (const socket of sockets.keys()) socket.destroy();
    }
    this.#gates.clear();
  }

  #open(port: number): Gate {
    const gate: Gate = { server: createServer((socket) => join(gate, socket)), target: undefined, sockets: new Map() };
    gate.server.on("error", ({ message }) => {
      this.#gates.delete(port);
      this.#onTrouble(`No debugger can attach at port ${port}: ${message}`);
    });
    gate.server.listen(port, "127.0.0.1").unref();
    this.#gates.set(port, gate);
    return gate;
  }
}

function join(gate: Gate, socket: Socket): void {
  const { target, sockets } = gate;
  if (target === undefined) return void socket.destroy();
  const inner = connect(target.port, "127.0.0.1");
  sockets.set(socket, target.port);
  const end = () => {
    sockets.delete(socket);
    socket.destroy();
    inner.destroy();
  };
  for (const one of [socket, inner]) one.on("error", end).on("close", end);
  socket.pipe(inner).pipe(socket);
}
