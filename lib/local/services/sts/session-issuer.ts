import type { Identities } from "../../policy/identities.ts";
import type { SessionBook } from "./session-book.ts";

/** What issuing a session needs: its store, and the caller. */
export interface SessionIssuer {
  readonly sessions: SessionBook;
  readonly identities: Identities;
}
