/** A number and its noun, for example `1 alias`, `2 aliases`. `plural` is for nouns that do not just take an s. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
