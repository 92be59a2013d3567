import { createHash } from "node:crypto";
import { AwsError, isAwsError } from "../../../aws-error.ts";
import type { Credentials } from "../../../runtime/function-spec.ts";
import type { Cloud } from "../../../service.ts";
import type { FunctionRef } from "../functions/names.ts";

/** Credentials, and until when they are good in the cloud's time. */
export interface SessionCredentials {
  readonly credentials: Credentials;
  readonly expiresMs: number;
}

const SESSION_SECONDS = 12 * 3600;
/** Whom STS sees as the caller. */
const LAMBDA_ITSELF = "lambda.amazonaws.com";

/** Assumes a function's execution role, so that services that the function calls can identify it. */
export class RoleCredentials {
  readonly #cloud: Cloud;
  readonly #known = new Map<string, SessionCredentials>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** The session of this function in this role; a new one when the last has expired. */
  async of(ref: FunctionRef, role: string): Promise<SessionCredentials> {
    const key = `${ref.name} ${role}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.expiresMs > this.#cloud.clock.now()) return known;
    const session = await this.#assume(ref, role);
    this.#known.set(key, session);
    return session;
  }

  async #assume({ name, region }: FunctionRef, RoleArn: string): Promise<SessionCredentials> {
    const expiresMs = this.#cloud.clock.now() + SESSION_SECONDS * 1000;
    try {
      const input = { RoleArn, RoleSessionName: name, DurationSeconds: SESSION_SECONDS };
      const { Credentials: given } = await this.#cloud.call("sts", "AssumeRole", input, {
        region,
        as: { service: LAMBDA_ITSELF },
      });
      const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = given ?? {};
      const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
      return { credentials, expiresMs };
    } catch (error) {
      if (!isAwsError(error)) throw error;
      if (await this.#isRefused(RoleArn, name, region)) throw notAssumable();
      return { credentials: credentialsOfNobody(RoleArn), expiresMs };
    }
  }

  /** Whether policies let Lambda assume the role; they are asked nothing where they are not enforced. */
  async #isRefused(RoleArn: string, RoleSessionName: string, region: string): Promise<boolean> {
    const asked = { RoleArn, RoleSessionName };
    const denial = await this.#cloud.findDenial("sts", "AssumeRole", asked, { region, as: { service: LAMBDA_ITSELF } });
    return denial !== undefined;
  }
}

/** A role that does not exist, or does not trust Lambda. */
function notAssumable(): AwsError {
  const message = "The role defined for the function cannot be assumed by Lambda.";
  return new AwsError("AccessDeniedException", message, { statusCode: 403 });
}

/** Where policies are not enforced and the role does not exist: keys of the account itself, which differ by role. */
function credentialsOfNobody(role: string): Credentials {
  const mark = createHash("sha256").update(role).digest("hex").toUpperCase();
  return {
    accessKeyId: `AKIA${mark.slice(0, 16)}`,
    secretAccessKey: `local${mark.slice(0, 35)}`,
    sessionToken: `local-session-token-${mark}`,
  };
}
