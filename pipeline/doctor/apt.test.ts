import { describe, expect, test } from "vitest";
import { newPackagesIn, openApt } from "./apt.ts";
import { scriptedMachine } from "./scripted-machine.ts";

const signal = new AbortController().signal;

async function aptOn(options: Parameters<typeof scriptedMachine>[0]) {
  const scripted = await scriptedMachine(options);
  const { machine, run, records } = scripted.io;
  if (!machine || !run || !records) throw new Error("incomplete machine");
  return { ...scripted, apt: openApt({ machine, run, records, signal }), records };
}

describe("apt", () => {
  test("new packages are those without an installed version in the simulation", () => {
    const simulation =
      "Inst libc6 [2.36-9] (2.36-10 Debian:12)\nInst jq (1.6 Debian:12)\nConf jq (1.6 Debian:12)\n";
    expect(newPackagesIn(simulation)).toEqual(["jq"]);
  });

  test("lists are updated once, installs never overlap, urgent ones overtake those that wait", async () => {
    let running = 0;
    const { apt, lines } = await aptOn({
      script: async (line) => {
        if (line.includes("--simulate")) return `Inst ${line.split(" ").at(-1)} (1)\n`;
        if (line.startsWith("apt-get install")) {
          running++;
          expect(running).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, 10));
          running--;
        }
        return "";
      },
    });
    await Promise.all([
      apt.install(["first"]),
      apt.install(["patient"]),
      apt.install(["urgent"], { isUrgent: true }),
    ]);
    expect(lines.filter((line) => line.startsWith("apt-get update"))).toHaveLength(1);
    const installed = lines.filter(
      (line) => line.startsWith("apt-get install") && !line.includes("--simulate"),
    );
    expect(installed.map((line) => line.split(" ").at(-1))).toEqual(["first", "urgent", "patient"]);
  });

  test("what is there already is neither installed nor recorded", async () => {
    const { apt, lines, records } = await aptOn({ script: () => "0 newly installed\n" });
    await apt.install(["jq"]);
    expect(
      lines.filter((line) => line.startsWith("apt-get install") && !line.includes("--simulate")),
    ).toEqual([]);
    expect(await records.list()).toEqual([]);
  });

  test("the record is written before the install, so that a crash midway can be undone", async () => {
    const { apt, records } = await aptOn({
      script: (line) =>
        line.includes("--simulate") ? "Inst jq (1.6)\n" : line.startsWith("apt-get install") ? undefined : "",
    });
    await expect(apt.install(["jq"])).rejects.toThrow("apt-get install");
    expect(await records.list()).toEqual([{ kind: "packages", names: ["jq"], requested: ["jq"] }]);
  });

  test("a candidate is the upstream version, or none", async () => {
    const { apt } = await aptOn({
      script: (line) =>
        line.endsWith("docker-compose")
          ? "docker-compose:\n  Installed: (none)\n  Candidate: 1.29.2-3\n"
          : "",
    });
    expect(await apt.candidate("docker-compose")).toBe("1.29.2");
    expect(await apt.candidate("docker-compose-v2")).toBeUndefined();
  });
});
