/** An expression that cannot be read or computed; the caller names the expression. */
export class MathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MathError";
  }
}
