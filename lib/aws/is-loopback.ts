/** The names of the machine's own interface. Everything under `localhost` is reserved for it (RFC 6761). */
const LOOPBACK = /^(127(\.\d{1,3}){3}|\[::1\]|(.+\.)?localhost)$/i;

/**
 * Whether an endpoint's URL is this machine's own: a local cloud, never AWS, whose requests are signed for its own host
 * names. False where no endpoint is named, and where it is not a URL.
 */
export function isLoopback(endpoint: string | undefined): boolean {
  return endpoint !== undefined && URL.canParse(endpoint) && LOOPBACK.test(new URL(endpoint).hostname);
}
