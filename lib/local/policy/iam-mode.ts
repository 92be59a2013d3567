/** What becomes of a call that policies do not allow: refused, let through and logged, or not looked at. */
export type IamMode = (typeof IAM_MODES)[number];

/** The modes by name; the first is the default. */
export const IAM_MODES = ["enforce", "warn", "off"] as const;

/** The mode that a text names; undefined where it names none. */
export function tryReadIamMode(text: unknown): IamMode | undefined {
  return IAM_MODES.find((mode) => mode === text);
}
