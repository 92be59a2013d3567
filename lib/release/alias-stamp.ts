/** What every alias write leaves in the alias's Description, so that a lost journal can be rebuilt from the aliases. */
export interface AliasStamp {
  readonly release: string;
  /** The index of the step, `live` after promotion, `stable` after a rollback. */
  readonly step: string;
  /** The version that the alias served before the release. */
  readonly stable: string;
  readonly fence: number;
}

const PATTERN = /^tidegate release=(\S{1,80}) step=(\S{1,20}) stable=(\S{1,200}) fence=(\d{1,15})$/;

/** At most 256 characters, as Lambda and Step Functions allow. */
export function renderStamp(stamp: AliasStamp): string {
  return `tidegate release=${stamp.release} step=${stamp.step} stable=${stamp.stable} fence=${stamp.fence}`;
}

/** Undefined when the description was not written by this engine. */
export function tryParseStamp(description: string): AliasStamp | undefined {
  const match = PATTERN.exec(description);
  if (match === null) return undefined;
  const [, release, step, stable, fence] = match;
  return { release: release!, step: step!, stable: stable!, fence: Number(fence) };
}
