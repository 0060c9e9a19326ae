import { describe, expect, test } from "vitest";
import { isUbuntu, parseOsRelease, readMachine, usesApt } from "./machine.ts";
import { debian12 } from "./scripted-machine.ts";

describe("machine", () => {
  test("os-release is read with and without quotes, its other lines skipped", () => {
    const text = `# comment\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nNAME='Debian'\n\nbroken\n`;
    expect(parseOsRelease(text)).toEqual({
      PRETTY_NAME: "Debian GNU/Linux 13 (trixie)",
      ID: "debian",
      NAME: "Debian",
    });
  });

  test("a derivative installs as what it is like", () => {
    const mint = { ...debian12, distributionIds: ["linuxmint", "ubuntu", "debian"] };
    expect([usesApt(mint), isUbuntu(mint)]).toEqual([true, true]);
    expect([usesApt(debian12), isUbuntu(debian12)]).toEqual([true, false]);
    expect(usesApt({ ...debian12, distributionIds: ["arch"] })).toBe(false);
  });

  test("this machine is described", () => {
    const machine = readMachine();
    expect(machine.isRoot).toBe(process.getuid?.() === 0);
    expect(machine.distributionName).not.toBe("");
    expect(machine.homeDirectory).toMatch(/^\//);
  });
});
