/** What the dispatcher hands to a command. Called twice with the same id, it is the same command. */
export interface Command {
  readonly id: string;
  readonly input: { readonly grams: number };
}
