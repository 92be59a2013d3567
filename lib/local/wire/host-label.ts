/**
 * The resource that a host names before its service, where `serviceWord` is the service's own label: `photos` in
 * `photos.s3.localhost:4747` and `photos.s3.eu-west-1.localhost`, and in `photos.localhost`, which clients make of the
 * endpoint `localhost`.
 */
export function hostResource(host: string, serviceWord: string): string | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  if (!name.endsWith(".localhost")) return undefined;
  const labels = name.slice(0, -".localhost".length).split(".");
  if (labels.at(-2) === serviceWord && /^[a-z]{2}(-[a-z]+)+-\d$/.test(labels.at(-1)!)) labels.pop();
  if (labels.at(-1) === serviceWord) labels.pop();
  return labels.length > 0 ? labels.join(".") : undefined;
}
