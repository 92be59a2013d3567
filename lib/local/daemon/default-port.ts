/** The port of a local cloud when none is named, and it is free. */
export const DEFAULT_PORT = 4747;
