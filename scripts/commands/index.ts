import type { Command } from "commander";
import { configCommand } from "./config.ts";
import { coverageCommand } from "./coverage.ts";
import { doctorCommand } from "./doctor.ts";
import { envCommand } from "./env.ts";
import { gateCommand } from "./gate.ts";
import { initCommand } from "./init.ts";
import { planCommand } from "./plan.ts";
import { runCommand } from "./run.ts";
import { validateCommand } from "./validate.ts";

/** Every command, in the order of the help. */
export function commands(): Command[] {
  return [
    initCommand(),
    doctorCommand(),
    validateCommand(),
    planCommand(),
    runCommand(),
    envCommand(),
    gateCommand(),
    coverageCommand(),
    configCommand(),
  ];
}
