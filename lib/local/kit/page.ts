/** One page of a list. `next` names the token of the next page, and is empty on the last page. */
export interface Page<T, N> {
  readonly items: T[];
  readonly next: Partial<N>;
}

/**
 * How a service cuts its lists into pages. The list must be in a stable order. A token is the position at which the
 * next page starts, in base64url.
 *
 *     const pageOf = pager((NextToken) => ({ NextToken }), () => new AwsError("InvalidNextToken", "…"));
 *     const { items, next } = pageOf(all, 50, input.NextToken);
 *     return { Alarms: items, ...next };
 *
 * `refuse` builds the error for a token that this function did not make. Without it such a token gives an empty page.
 */
export function pager<N>(answerToken: (token: string) => N, refuse?: (token: string) => Error) {
  return <T>(all: readonly T[], limit: number, token: string | undefined): Page<T, N> => {
    const start = token === undefined ? 0 : readToken(token);
    if (start === undefined && refuse !== undefined && token !== undefined) throw refuse(token);
    const from = start ?? all.length;
    const end = from + limit;
    return { items: all.slice(from, end), next: end < all.length ? answerToken(writeToken(end)) : {} };
  };
}

function writeToken(position: number): string {
  return Buffer.from(`at:${position}`).toString("base64url");
}

function readToken(token: string): number | undefined {
  const position = /^at:(\d{1,12})$/.exec(Buffer.from(token, "base64url").toString())?.[1];
  return position === undefined ? undefined : Number(position);
}
