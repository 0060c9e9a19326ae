import { runCommand } from "#core/command";
import { statePath, waitForLock } from "#core/state";

export const testImage = "gauntlet-test/base:1";

const dockerfile = `FROM debian:trixie-slim
RUN printf '%s\\n' \\
    'use IO::Socket::INET; $| = 1;' \\
    'my $s = IO::Socket::INET->new(LocalPort => shift, Listen => 16, ReuseAddr => 1) or die;' \\
    'print "listening\\n";' \\
    'while (my $c = $s->accept) { print $c "HTTP/1.0 200 OK\\r\\n\\r\\nhello\\n"; close $c }' > /serve.pl
`;

/** Debian with `perl /serve.pl PORT`, which answers every connection. Built once on a machine. */
export async function ensureTestImage(): Promise<string> {
  await using _lock = await waitForLock(statePath("builds", "test-image.lock"), { purpose: "test image" });
  const found = await runCommand("docker", ["image", "inspect", testImage], { accept: [0, 1] });
  if (found.exitCode !== 0) {
    await runCommand("docker", ["build", "--tag", testImage, "-"], { input: dockerfile, timeoutMs: 120_000 });
  }
  return testImage;
}
