import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { engineAddress } from "./engine.ts";
import { EnvironmentError } from "./errors.ts";

/** The process that removes an environment when its owner ends without having done so, kill -9 included. */
export interface Watcher {
  readonly pid: number;
  /** The environment is gone, or has a term of its own: the watcher ends without doing anything. Idempotent. */
  release(): void;
  /** The owner gives up: the watcher goes on removing in the background. Idempotent. */
  takeOver(): void;
}

export interface WatcherTask {
  environment: string;
  project: string;
  leaseId: string;
}

const readyTimeoutMs = 20_000;
const inherited = [
  ["PATH", "HOME", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"],
  ["GAUNTLET_STATE_DIR", "XDG_STATE_HOME", "SSH_AUTH_SOCK"],
].flat();

/**
 * Resolves once the watcher is listening, so call it before the first thing that needs removing. It runs in a session of
 * its own and shares nothing with us but one pipe, whose end tells it that we are gone.
 */
export async function startWatcher(task: WatcherTask): Promise<Watcher> {
  const script = fileURLToPath(new URL(`./watcher-main${extension()}`, import.meta.url));
  const child = spawn(process.execPath, ["--no-warnings", script, JSON.stringify(task)], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    env: watcherEnvironment(),
  });
  const { stdin, stdout } = child;
  try {
    await Promise.race([
      once(stdout, "data", { signal: AbortSignal.timeout(readyTimeoutMs) }),
      once(child, "exit").then(([code]) => {
        throw new Error(`it exited with ${code}`);
      }),
    ]);
  } catch (cause) {
    child.kill("SIGKILL");
    throw new EnvironmentError("cannot start the process that cleans up after us", {
      code: "NO_WATCHER",
      hint: "the machine may be short of memory or processes: look at `ulimit -u` and `free -m`",
      cause,
    });
  }
  stdout.destroy();
  child.removeAllListeners("exit");
  child.unref();
  stdin.on("error", () => {});
  (stdin as Partial<Duplex> & { unref?(): void }).unref?.();
  return {
    pid: child.pid ?? 0,
    release: () => void (stdin.writable && stdin.end("release\n")),
    takeOver: () => void (stdin.writable && stdin.end("remove\n")),
  };
}

/** Only what it needs: no secrets, and none of the marks by which build servers find processes to kill. */
function watcherEnvironment(): Record<string, string> {
  const address = engineAddress();
  const entries = inherited.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(entries), ...(address === undefined ? {} : { DOCKER_HOST: address }) };
}

/** The watcher is compiled together with us, or runs from source as we do. */
function extension(): string {
  return import.meta.url.endsWith(".ts") ? ".ts" : ".js";
}
