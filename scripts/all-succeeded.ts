import { exitCodes } from "#core/verdict";

/** For a workflow's gate job: every needed job must have succeeded; skipped and cancelled ones have not. */
const needs = JSON.parse(process.env["NEEDS"] ?? "{}") as Record<string, { result: string }>;
const lacking = Object.entries(needs).filter(([, { result }]) => result !== "success");

for (const [job, { result }] of lacking) process.stdout.write(`${job}: ${result}\n`);
if (lacking.length > 0 || Object.keys(needs).length === 0) {
  process.stdout.write("not every job succeeded\n");
  process.exitCode = exitCodes.failed;
}
