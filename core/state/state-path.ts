import { homedir } from "node:os";
import { join } from "node:path";

/**
 * A path below gauntlet's machine-wide state folder, which holds locks, port reservations and the records of running
 * environments: `GAUNTLET_STATE_DIR`, else `$XDG_STATE_HOME/gauntlet`, else `~/.local/state/gauntlet`.
 */
export function statePath(...parts: string[]): string {
  const root =
    process.env["GAUNTLET_STATE_DIR"] ??
    join(process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local/state"), "gauntlet");
  return join(root, ...parts);
}
