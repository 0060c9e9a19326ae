import { findOnPath } from "./find-executable.ts";
import type { DoctorContext } from "./need.ts";

/** The release whose packages fill what this machine's own distribution is too old for; the base image's, too. */
export const debianSuite = "trixie";

export interface DebianTreeOptions {
  variant: "extract" | "minbase";
  packages: readonly string[];
  /** A folder, or a file that ends in .tar. */
  target: string;
}

/** Puts Debian packages into a folder or archive, with nothing of this machine in it. `GAUNTLET_DEBIAN_MIRROR` names a mirror. */
export async function makeDebianTree(context: DoctorContext, options: DebianTreeOptions): Promise<void> {
  await ensureMmdebstrap(context);
  const mirror = context.env["GAUNTLET_DEBIAN_MIRROR"];
  await context.run(
    "mmdebstrap",
    [
      `--variant=${options.variant}`,
      `--include=${options.packages.join(",")}`,
      debianSuite,
      options.target,
      ...(mirror ? [mirror] : []),
    ],
    { signal: context.signal, timeoutMs: 300_000 },
  );
}

/** The tool that does it, from apt where it is not there; done once however many ask. */
export function ensureMmdebstrap(context: DoctorContext): Promise<void> {
  return context.once("mmdebstrap", async () => {
    if (await findOnPath("mmdebstrap", context.env)) return;
    await context.step("installing mmdebstrap", () =>
      context.apt.install(["mmdebstrap", "debian-archive-keyring"], { isUrgent: true }),
    );
  });
}
