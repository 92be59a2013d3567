import type { Identities } from "../../policy/identities.ts";
import type { SessionBook } from "./session-book.ts";

/** What issuing a session needs: where it is kept, and who asks for it. */
export interface SessionIssuer {
  readonly sessions: SessionBook;
  readonly identities: Identities;
}
