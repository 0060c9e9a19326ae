/** What a machine must have before gauntlet can work on it. */
export type NeedName = "engine" | "compose" | "buildx" | "base-image" | "k6" | "chromium";

/** In the order in which they are shown and, where one builds on another, provided. */
export const allNeeds: readonly NeedName[] = ["engine", "compose", "buildx", "base-image", "k6", "chromium"];

export type DoctorPurpose = "run" | "test";

const needsByPurpose: Readonly<Record<DoctorPurpose, readonly NeedName[]>> = {
  run: allNeeds,
  test: allNeeds,
};

export function needsFor(purpose: DoctorPurpose): readonly NeedName[] {
  return needsByPurpose[purpose];
}
