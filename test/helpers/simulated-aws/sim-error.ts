/** An error as the SDK's clients throw it. */
export class SimError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };

  constructor(name: string, message: string, status?: number) {
    super(message);
    this.name = name;
    this.$metadata = status === undefined ? {} : { httpStatusCode: status };
  }
}
