export interface CleanupOptions {
  /** How long this step may take before it counts as failed and the next begins. Default 30 000. */
  deadlineMs?: number;
}

export interface CleanupFailure {
  step: string;
  error: unknown;
}

interface Step {
  name: string;
  run: (signal: AbortSignal) => unknown;
  deadlineMs: number;
}

/**
 * What must be undone, in reverse order of registration. A step that fails or overruns its deadline does not keep
 * the others from running; failures are collected, never thrown. Register a step before doing what it undoes.
 */
export class CleanupStack implements AsyncDisposable {
  readonly #steps: Step[] = [];
  readonly #failures: CleanupFailure[] = [];
  #running: Promise<readonly CleanupFailure[]> | undefined;

  /** `run` gets a signal that aborts at the deadline; it must be idempotent. */
  defer(name: string, run: (signal: AbortSignal) => unknown, options: CleanupOptions = {}): void {
    if (this.#running) throw new Error(`cleanup already ran, too late to register "${name}"`);
    this.#steps.push({ name, run, deadlineMs: options.deadlineMs ?? 30_000 });
  }

  /** Runs every step once, however often it is called, and returns what went wrong. */
  run(): Promise<readonly CleanupFailure[]> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  get failures(): readonly CleanupFailure[] {
    return this.#failures;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run();
  }

  async #runAll(): Promise<readonly CleanupFailure[]> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await withDeadline(step);
      } catch (error) {
        this.#failures.push({ step: step.name, error });
      }
    }
    return this.#failures;
  }
}

async function withDeadline(step: Step): Promise<void> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`cleanup "${step.name}" took longer than ${step.deadlineMs} ms`);
      controller.abort(error);
      reject(error);
    }, step.deadlineMs);
  });
  try {
    await Promise.race([step.run(controller.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
