/** An endpoint did not take a message. */
export class DeliveryFailure extends Error {
  /** Trying again would not help. */
  readonly isPermanent: boolean;

  constructor(message: string, isPermanent: boolean) {
    super(message);
    this.isPermanent = isPermanent;
  }
}
