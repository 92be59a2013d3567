/** The qualifier of the CDK's bootstrap where an app names none. */
export const DEFAULT_QUALIFIER = "hnb659fds";

/** The stack that holds the journals' bucket: one for each account, region and qualifier of the CDK's bootstrap. */
export function journalStackName(qualifier: string): string {
  return qualifier === DEFAULT_QUALIFIER ? "TidegateJournal" : `TidegateJournal-${qualifier}`;
}

/** The bucket that holds the journals. `cdk gc` does not look into it. */
export function journalBucketName(qualifier: string, account: string, region: string): string {
  const own = qualifier === DEFAULT_QUALIFIER ? "" : `${qualifier}-`;
  return `tidegate-journal-${own}${account}-${region}`;
}

/** The common prefix of an app's journal keys, for all stages. */
export function journalPrefix(app: string): string {
  return `tidegate/releases/${encodeURIComponent(app)}/`;
}
