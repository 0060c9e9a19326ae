import { describe, expect, it } from "vitest";
import { labelsOf, leaseOfLabels, leaseState, newLease } from "./lease.ts";
import { formatOwner, ownerState, parseOwner, thisOwner } from "./owner.ts";

describe("a lease @req:A1", () => {
  it("survives being written on labels", () => {
    const lease = newLease("e1");
    expect(leaseOfLabels(labelsOf(lease))).toEqual(lease);
    const term = newLease("e2", 60_000);
    expect(leaseOfLabels(labelsOf(term))).toEqual(term);
  });

  it("is not read from labels that are not whole", () => {
    const labels = labelsOf(newLease("e1"));
    expect(leaseOfLabels(undefined)).toBeUndefined();
    expect(leaseOfLabels({})).toBeUndefined();
    expect(leaseOfLabels({ ...labels, "dev.gauntlet.owner": "me" })).toBeUndefined();
    expect(leaseOfLabels({ ...labels, "dev.gauntlet.owner": "a/b/c/d/e" })).toBeUndefined();
    expect(leaseOfLabels({ ...labels, "dev.gauntlet.expires": "soon" })).toBeUndefined();
  });

  it("is held while its owner lives, or until its term is over whoever lives", () => {
    const lease = newLease("e1");
    const gone = { ...lease.owner, startTicks: 1 };
    expect(leaseState(lease)).toBe("held");
    expect(leaseState({ ...lease, owner: gone })).toBe("ended");
    expect(leaseState({ ...lease, owner: gone, expiresAtMs: Date.now() + 1_000 })).toBe("held");
    expect(leaseState({ ...lease, expiresAtMs: Date.now() - 1 })).toBe("ended");
  });

  it("of another machine or PID namespace is not judged from here; one from before a reboot has ended", () => {
    const lease = newLease("e1");
    const { owner } = lease;
    expect(leaseState({ ...lease, owner: { ...owner, host: "other" } })).toBe("elsewhere");
    expect(ownerState({ ...owner, pidNamespace: "1" })).toBe("elsewhere");
    expect(ownerState({ ...owner, boot: "earlier" })).toBe("dead");
    expect(parseOwner(formatOwner(thisOwner()))).toEqual(thisOwner());
  });
});
