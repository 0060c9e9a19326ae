import type { Duplex } from "node:stream";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import type { ExecOptions, ExecResult } from "#core/ports";
import { callEngine, describeEngineError } from "./engine.ts";

/**
 * Runs `argv` inside a container. The end of `input` reaches the process as the end of its standard input; output keeps
 * coming after that. Aborting hangs up: the engine then closes the streams, the process itself may go on.
 */
export async function execInContainer(
  docker: Docker,
  container: string,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  options.signal?.throwIfAborted();
  const hasInput = options.input !== undefined;
  const doing = `run ${argv[0]} in ${container}`;
  const exec = await callEngine(doing, () =>
    docker.getContainer(container).exec({
      Cmd: [...argv],
      AttachStdin: hasInput,
      AttachStdout: true,
      AttachStderr: true,
      Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
      ...(options.user === undefined ? {} : { User: options.user }),
    }),
  );
  const stream = (await callEngine(doing, () => exec.start({ hijack: true, stdin: hasInput }))) as Duplex;
  const hangUp = () => stream.destroy(options.signal?.reason);
  options.signal?.addEventListener("abort", hangUp, { once: true });
  try {
    const output = collect(stream, docker, options.onStdout);
    const [collected] = await Promise.all([output, hasInput ? feed(stream, options.input) : undefined]);
    return { exitCode: await exitCodeOf(exec, doing), ...collected };
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw describeEngineError(doing, error);
  } finally {
    options.signal?.removeEventListener("abort", hangUp);
    stream.destroy();
  }
}

/** Ends the writing half only, which the engine passes on as the end of standard input. */
async function feed(stream: Duplex, input: ExecOptions["input"]): Promise<void> {
  const source =
    typeof input === "string" ? Readable.from([Buffer.from(input)]) : (input ?? Readable.from([]));
  try {
    for await (const chunk of source as AsyncIterable<Buffer | string>) {
      if (stream.destroyed || stream.writableEnded) break;
      if (!stream.write(chunk)) await drained(stream);
    }
  } catch (error) {
    // A process that stops reading early (`head -1`) is no failure; a source that breaks is.
    if (!isClosedPipe(error)) throw error;
  } finally {
    if (!stream.destroyed) stream.end();
  }
}

function drained(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done).off("close", done).off("error", done);
      resolve();
    };
    stream.on("drain", done).on("close", done).on("error", done);
  });
}

async function collect(
  stream: Duplex,
  docker: Docker,
  onStdout: ExecOptions["onStdout"],
): Promise<{ stdout: Buffer; stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  docker.modem.demuxStream(stream, stdout, stderr);
  const close = (error?: Error | null) => {
    if (error && !isClosedPipe(error)) stdout.destroy(error);
    stdout.end();
    stderr.end();
  };
  stream.once("end", () => close());
  stream.once("error", close);
  stream.once("close", () => close());
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  await Promise.all([
    pipeline(stdout, async (source) => {
      for await (const chunk of source) {
        if (onStdout) await onStdout(chunk as Buffer);
        else chunks.push(chunk as Buffer);
      }
    }),
    pipeline(stderr, async (source) => {
      for await (const chunk of source) errors.push(chunk as Buffer);
    }),
  ]);
  return { stdout: Buffer.concat(chunks), stderr: Buffer.concat(errors).toString("utf8") };
}

/** The engine may notice the end of the process a moment after the end of its output. */
async function exitCodeOf(exec: Docker.Exec, doing: string): Promise<number> {
  for (let wait = 2; ; wait = Math.min(wait * 2, 100)) {
    const { Running, ExitCode } = await callEngine(doing, () => exec.inspect());
    if (!Running && ExitCode !== null) return ExitCode;
    await sleep(wait);
  }
}

function isClosedPipe(error: unknown): boolean {
  return [
    "EPIPE",
    "ECONNRESET",
    "ERR_STREAM_DESTROYED",
    "ERR_STREAM_WRITE_AFTER_END",
    "ERR_STREAM_PREMATURE_CLOSE",
  ].includes((error as NodeJS.ErrnoException | undefined)?.code ?? "");
}
