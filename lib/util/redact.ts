const SECRETS: readonly RegExp[] = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /(?<=\b(?:aws_secret_access_key|secretAccessKey|sessionToken|X-Amz-Signature|X-Amz-Security-Token)["']?\s*[=:]\s*["']?)[^\s"'&,}]+/gi,
];

/** Takes credentials out of text that is shown or written down. */
export function redact(text: string): string {
  return SECRETS.reduce((result, secret) => result.replace(secret, "[redacted]"), text);
}
