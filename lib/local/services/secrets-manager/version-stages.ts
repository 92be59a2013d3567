import { CURRENT, PENDING, PREVIOUS, type SecretVersion } from "./secret-record.ts";

/**
 * Moves a stage to a version, from the version that has it. When the current version changes, the one that was current
 * becomes the previous one.
 */
export function moveStage(versions: readonly SecretVersion[], stage: string, toId: string): SecretVersion[] {
  const from = versions.find((version) => version.stages.includes(stage));
  if (from?.id === toId) return [...versions];
  const moved = versions.map((version) => {
    const others = version.stages.filter((each) => each !== stage);
    return withStages(version, version.id === toId ? [...others, stage] : others);
  });
  if (stage !== CURRENT || from === undefined) return moved;
  // What was current is not pending either.
  const settled = from.stages.includes(PENDING) ? removeStage(moved, PENDING) : moved;
  return moveStage(settled, PREVIOUS, from.id);
}

/** Takes a stage off every version. */
export function removeStage(versions: readonly SecretVersion[], stage: string): SecretVersion[] {
  return versions.map((version) =>
    withStages(
      version,
      version.stages.filter((each) => each !== stage),
    ),
  );
}

function withStages(version: SecretVersion, stages: readonly string[]): SecretVersion {
  return { ...version, stages: [...stages].sort() };
}
