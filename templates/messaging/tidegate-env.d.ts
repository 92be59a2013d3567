// Written by `tidegate synth` from the app's links. Commit it, and do not edit it.
import type { Link } from "tidegate/runtime";

declare module "tidegate/runtime" {
  interface Resources {
    readonly Orders: Link<"table">;
    readonly Queue: Link<"queue">;
  }
  interface FunctionLinks {
    readonly "Messaging/Look": { readonly Orders: Link<"table"> };
    readonly "Messaging/Take": { readonly Queue: Link<"queue"> };
    readonly "Messaging/Work": { readonly Orders: Link<"table"> };
  }
}
