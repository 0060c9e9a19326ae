import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { interruptSignal } from "#core/cleanup";
import { UsageError } from "#core/errors";
import { table } from "#core/table";
import { exitCodes } from "#core/verdict";
import { answer } from "../answer.ts";
import { terminalProgress } from "../progress.ts";
import { configOption, dryRunOption, examples, jsonOption, wholeNumber } from "./options.ts";

interface Flags {
  config?: string;
  json?: boolean;
  dryRun?: boolean;
}

export function envCommand(): Command {
  return new Command("env")
    .description("environments: up, down, ls, logs, diff, gc")
    .addCommand(up())
    .addCommand(down())
    .addCommand(list())
    .addCommand(logs())
    .addCommand(diff())
    .addCommand(collect());
}

function up(): Command {
  return new Command("up")
    .description("start an environment of your own, with the data a run would have")
    .option("--services <set>", "service set of the configuration", "core")
    .option("--ttl <minutes>", "removed by `env gc` after this long", wholeNumber, 240)
    .option("--seed <number>", "seed of what it is filled with", wholeNumber, 42)
    .option("--no-data", "leave it empty")
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("gauntlet env up", "gauntlet env up --services core --ttl 60 --json"))
    .action(async (flags: Flags & { services: string; ttl: number; seed: number; data: boolean }) => {
      const { provideEnvironment } = await import("#pipeline");
      using interruption = interruptSignal();
      using progress = terminalProgress();
      const provided = await provideEnvironment(process.cwd(), {
        ...(flags.config === undefined ? {} : { config: flags.config }),
        services: flags.services,
        ttlMs: flags.ttl * 60_000,
        seed: flags.seed,
        withData: flags.data,
        variables: process.env,
        signal: interruption.signal,
        events: progress.show,
      });
      progress.clear();
      answer(flags.json ?? false, provided, () =>
        [
          `environment ${provided.environment.id}`,
          table(
            ["service", "address"],
            Object.entries(provided.environment.services).flatMap(([name, service]) =>
              service.endpoints.map((endpoint) => [
                name,
                `http://${endpoint.host}:${endpoint.port} (${endpoint.target})`,
              ]),
            ),
          ),
          "",
          `export GAUNTLET_ENVIRONMENT=${provided.environmentFile} GAUNTLET_SECRETS=${provided.secretsFile}`,
          `gauntlet env down ${provided.environment.id}`,
        ].join("\n"),
      );
    });
}

function down(): Command {
  return new Command("down")
    .description("remove an environment with its volumes and networks")
    .argument("[id]", "as `env ls` shows it")
    .option("--all", "every environment that `env up` started; those of live runs stay")
    .addOption(dryRunOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("gauntlet env down k3f9x2", "gauntlet env down --all"))
    .action(async (id: string | undefined, flags: Flags & { all?: boolean }) => {
      const { listEnvironments, removeEnvironment } = await import("#environments");
      if ((id === undefined) === (flags.all === undefined)) {
        throw new UsageError("give an id or --all", { hint: "`gauntlet env ls` lists the ids" });
      }
      const lasting = async () =>
        (await listEnvironments()).filter((one) => one.lease.expiresAtMs !== undefined).map((one) => one.id);
      const chosen = id === undefined ? await lasting() : [id];
      if (!flags.dryRun) for (const one of chosen) await removeEnvironment(one);
      answer(flags.json ?? false, { removed: chosen, dryRun: flags.dryRun ?? false }, () =>
        chosen.length === 0
          ? "nothing to remove"
          : `${flags.dryRun ? "would remove" : "removed"} ${chosen.join(", ")}`,
      );
    });
}

function list(): Command {
  return new Command("ls")
    .description("environments of this machine")
    .addOption(jsonOption())
    .addHelpText("after", examples("gauntlet env ls --json"))
    .action(async (flags: Flags) => {
      const { listEnvironments } = await import("#environments");
      const found = await listEnvironments();
      answer(flags.json ?? false, found, () =>
        found.length === 0
          ? "no environments"
          : table(
              ["id", "state", "created", "services", "removed"],
              found.map((one) => [
                one.id,
                one.state,
                one.createdAt,
                String(Object.keys(one.descriptor?.services ?? {}).length),
                one.lease.expiresAtMs === undefined
                  ? "with its run"
                  : new Date(one.lease.expiresAtMs).toISOString(),
              ]),
            ),
      );
    });
}

function logs(): Command {
  return new Command("logs")
    .description("what a service of an environment wrote")
    .argument("<id>", "as `env ls` shows it")
    .argument("[service]", "one service (default: all)")
    .option("--tail <lines>", "the newest lines only", wholeNumber, 200)
    .addHelpText("after", examples("gauntlet env logs k3f9x2 api --tail 50"))
    .action(async (id: string, service: string | undefined, flags: { tail: number }) => {
      const { attachEnvironment } = await import("#environments");
      const environment = await attachEnvironment(id);
      const names = service === undefined ? environment.services : [environment.target(service).service];
      const folder = await mkdtemp(join(tmpdir(), "gauntlet-logs-"));
      try {
        await environment.collectLogs(folder);
        for (const name of names) {
          const lines = (await readFile(join(folder, `${name}.log`), "utf8"))
            .trimEnd()
            .split("\n")
            .slice(-flags.tail);
          process.stdout.write(names.length > 1 ? `== ${name}\n` : "");
          process.stdout.write(`${lines.join("\n")}\n`);
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    });
}

function diff(): Command {
  return new Command("diff")
    .description("what of an environment differs from what was declared")
    .argument("<id>", "as `env ls` shows it")
    .addOption(jsonOption())
    .addHelpText("after", examples("gauntlet env diff k3f9x2"))
    .action(async (id: string, flags: Flags) => {
      const { attachEnvironment } = await import("#environments");
      const environment = await attachEnvironment(id);
      const changes = await environment.changedSinceStart();
      answer(flags.json ?? false, { id, changes }, () =>
        changes.length === 0 ? "as declared" : changes.join("\n"),
      );
      if (changes.length > 0) process.exitCode = exitCodes.failed;
    });
}

function collect(): Command {
  return new Command("gc")
    .description(
      "remove what dead runs and expired environments left: containers, networks, volumes, ports, records",
    )
    .addOption(dryRunOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("gauntlet env gc --dry-run"))
    .action(async (flags: Flags) => {
      const { collectGarbage } = await import("#environments");
      const report = await collectGarbage({ dryRun: flags.dryRun ?? false });
      answer(flags.json ?? false, report, () =>
        report.removed.length === 0
          ? "nothing to collect"
          : `${flags.dryRun ? "would remove" : "removed"}:\n${report.removed.map((one) => `  ${one}`).join("\n")}`,
      );
    });
}
