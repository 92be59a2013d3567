const NAMES = "aws_secret_access_key|secretAccessKey|sessionToken|X-Amz-Signature|X-Amz-Security-Token";

/** Most text names no secret, which is ten times faster to find out than to look behind each character. */
const NAMED = new RegExp(NAMES, "i");
const NAMED_VALUE = new RegExp(`(?<=\\b(?:${NAMES})["']?\\s*[=:]\\s*["']?)[^\\s"'&,}]+`, "gi");
const ACCESS_KEY = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g;
const REDACTED = "[redacted]";

/** Takes credentials out of text that is shown or written down. */
export function redact(text: string): string {
  const withoutKeys = text.replace(ACCESS_KEY, REDACTED);
  return NAMED.test(withoutKeys) ? withoutKeys.replace(NAMED_VALUE, REDACTED) : withoutKeys;
}
