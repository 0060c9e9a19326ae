import type { CleanupStack } from "#core/cleanup";
import type { Clock } from "#core/clock";
import type { CommandOptions, CommandResult } from "#core/command";
import type { Apt } from "./apt.ts";
import type { InstallRecords } from "./install-records.ts";
import type { Machine } from "./machine.ts";
import type { NeedName } from "./needs.ts";

/** `#core/command`'s runCommand, passed in so that tests answer for the machine. Throws CommandError. */
export type CommandRunner = (
  file: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<CommandResult>;

export type Finding =
  | { isPresent: true; version: string; where: string }
  | {
      isPresent: false;
      reason: string;
      hint?: string;
      /** Installing would not help, e.g. DOCKER_HOST names an engine elsewhere. */
      cannotInstall?: boolean;
    };

/** One thing a machine must have. Knows nothing of the others but their names. */
export interface Need {
  readonly name: NeedName;
  /** Needs that must be there before this one can be installed, when they are asked for too. */
  readonly after: readonly NeedName[];
  /** Needs that go first since more waits for them; they may fail. */
  readonly follows?: readonly NeedName[];
  /** Looks, changes nothing, and is quick: a second doctor must end within two seconds. */
  examine(context: DoctorContext): Promise<Finding>;
  /** Makes it be there. Records what it makes, so that it can be undone. Throws GauntletError. */
  install(context: DoctorContext): Promise<"installed" | "started">;
  /** What a person types instead, with sudo; empty when this machine has no known way. See commandsFor. */
  commands(context: DoctorContext): readonly string[];
}

export interface DoctorContext {
  readonly machine: Machine;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: CommandRunner;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly apt: Apt;
  readonly records: InstallRecords;
  /** Temporary things; run when the installing is over, however it ended. */
  readonly cleanup: CleanupStack;
  /** Work that two needs share is done once: the first caller's promise is everyone's. */
  once<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Tells who watches, does the work, and lists it with its time under the need. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
}

/** Runs a question whose refusal is an answer: undefined when the command is missing or fails. Aborts still throw. */
export async function ask(
  context: Pick<DoctorContext, "run" | "signal">,
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult | undefined> {
  try {
    return await context.run(file, args, { timeoutMs: 20_000, signal: context.signal, ...options });
  } catch {
    context.signal.throwIfAborted();
    return undefined;
  }
}

/** What to type to get `need` here; root has no need of sudo, and a bare machine no sudo. */
export function commandsFor(need: Need, context: DoctorContext): string[] {
  const commands = need.commands(context);
  return commands.map((command) => (context.machine.isRoot ? command.replaceAll("sudo ", "") : command));
}
