import { UsageError } from "#core/errors";
import { connectEngine } from "./engine.ts";
import { EnvironmentError } from "./errors.ts";
import { leaseState } from "./lease.ts";
import { readRecord } from "./record.ts";
import { tearDown } from "./tear-down.ts";

/**
 * Removes a recorded environment. One that a live process holds for its own lifetime is refused (that process has to end
 * or stop it); one with a term is removed before its time. Throws UsageError for an unknown id.
 */
export async function removeEnvironment(id: string): Promise<void> {
  const record = await readRecord(id);
  if (!record) {
    throw new UsageError(`there is no environment "${id}"`, {
      code: "NO_SUCH_ENVIRONMENT",
      hint: "`gauntlet env ls` lists them; `gauntlet env gc` removes what has no record",
    });
  }
  const { lease, project } = record;
  const isBound = lease.expiresAtMs === undefined;
  const isOurs = lease.owner.pid === process.pid;
  if (isBound && !isOurs && leaseState(lease) !== "ended") {
    throw new EnvironmentError(`environment "${id}" is in use by process ${lease.owner.pid}`, {
      code: "ENVIRONMENT_HELD",
      hint: `end that process (\`kill ${lease.owner.pid}\`): it takes the environment with it`,
    });
  }
  await tearDown({ docker: connectEngine(), id, project, lease });
}
