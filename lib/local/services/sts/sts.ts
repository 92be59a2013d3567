import { Identities } from "../../policy/identities.ts";
import type { ServiceFactory } from "../../service.ts";
import { assumeRole } from "./assume-role.ts";
import { getCallerIdentity } from "./caller-identity.ts";
import { getFederationToken } from "./federation-token.ts";
import { getSessionToken } from "./session-token.ts";
import { SessionBook } from "./session-book.ts";

/** AWS Security Token Service: who calls, and credentials for a while. */
export const createSts: ServiceFactory<"sts"> = (cloud) => {
  const sessions = new SessionBook(cloud);
  const identities = new Identities(cloud);
  return {
    name: "sts",
    operations: {
      AssumeRole: (input, context) => assumeRole({ cloud, sessions, identities }, input, context),
      GetAccessKeyInfo: (_input, context) => ({ Account: context.account }),
      GetCallerIdentity: (_input, context) => getCallerIdentity(identities, context),
      GetFederationToken: (input, context) => getFederationToken({ sessions, identities }, input, context),
      GetSessionToken: (input, context) => getSessionToken({ sessions, identities }, input, context),
    },
  };
};
