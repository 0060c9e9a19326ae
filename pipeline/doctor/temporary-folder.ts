import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DoctorContext } from "./need.ts";

/** An empty folder that goes when doctor's work is over. */
export async function temporaryFolder(
  context: Pick<DoctorContext, "cleanup">,
  name: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `gauntlet-${name}-`));
  context.cleanup.defer(`temporary folder ${folder}`, () => rm(folder, { recursive: true, force: true }));
  return folder;
}
