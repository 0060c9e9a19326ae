/** The first dotted number in `text`, e.g. "2.26.1" in "2.26.1-4" and "20.10.24" in "20.10.24+dfsg1". */
export function versionIn(text: string): string | undefined {
  return /\d+(?:\.\d+)+/.exec(text)?.[0];
}

/** Whether dotted number `version` is `minimum` or later; missing parts count as 0. */
export function isAtLeast(version: string, minimum: string): boolean {
  const have = partsOf(version);
  const want = partsOf(minimum);
  for (let i = 0; i < Math.max(have.length, want.length); i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** The upstream part of a Debian version: no epoch, no revision. Undefined for "(none)". */
export function upstreamVersion(debianVersion: string): string | undefined {
  return versionIn(debianVersion.replace(/^\d+:/, ""));
}

function partsOf(version: string): number[] {
  return version.split(".").map((part) => Number.parseInt(part, 10) || 0);
}
