/** What is wrong with an expression, and where: `start` and `length` count characters of the text that was read. */
export interface ScheduleProblem {
  readonly message: string;
  readonly start: number;
  readonly length: number;
}
