import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { runCommand } from "#core/command";
import type { RunEvent } from "#core/ports";
import { collectGarbage } from "../garbage.ts";
import type { StartEnvironmentOptions } from "../start-environment.ts";
import { ensureTestImage } from "./test-image.ts";

export interface Workbench {
  /** Writes files into a fresh folder and returns options that start `compose.yaml` of it. */
  project(
    files: Record<string, string>,
    more?: Partial<StartEnvironmentOptions>,
  ): Promise<StartEnvironmentOptions>;
  /** A folder that is removed at the end. */
  folder(): Promise<string>;
}

/** A state folder of its own, the test image, and nothing left at the end of the file. */
export function useWorkbench(): Workbench {
  const folders: string[] = [];
  const folder = async () => {
    const path = await mkdtemp(join(tmpdir(), "gauntlet-environments-"));
    folders.push(path);
    return path;
  };
  beforeAll(async () => {
    await ensureTestImage();
    vi.stubEnv("GAUNTLET_STATE_DIR", await folder());
  });
  afterAll(async () => {
    try {
      const { failed } = await collectGarbage();
      expect(failed).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })));
    }
  });
  return {
    folder,
    async project(files, more = {}) {
      const projectDirectory = await folder();
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(projectDirectory, name)), { recursive: true });
        await writeFile(join(projectDirectory, name), text);
      }
      return {
        composeFiles: [join(projectDirectory, "compose.yaml")],
        projectDirectory,
        anchor: "2026-01-05T13:00:00.000Z",
        seed: 1,
        startTimeoutMs: 60_000,
        ...more,
      };
    },
  };
}

/** Names of what exists on the engine for an environment, or for any of them whose id begins with `prefix`. */
export async function leftOf(prefix: string): Promise<string[]> {
  const lists = await Promise.all([
    runCommand("docker", ["ps", "--all", "--format", "{{.Names}}", "--filter", `name=gauntlet-${prefix}`]),
    runCommand("docker", ["network", "ls", "--format", "{{.Name}}", "--filter", `name=gauntlet-${prefix}`]),
    runCommand("docker", ["volume", "ls", "--format", "{{.Name}}", "--filter", `name=gauntlet-${prefix}`]),
  ]);
  return lists.flatMap((list) => list.stdout.split("\n").filter(Boolean));
}

export function recordEvents(): { events: RunEvent[]; sink: (event: RunEvent) => void } {
  const events: RunEvent[] = [];
  return { events, sink: (event) => events.push(event) };
}
