import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Problem } from "#core/documents";
import type { CheckedConfig } from "./schema.ts";

/** What a schema cannot see: names that refer to nothing, files that are not there, profiles that extend in a circle. */
export function crossCheck(config: CheckedConfig, folder: string): Problem[] {
  return [...profileProblems(config), ...suiteProblems(config), ...fileProblems(config, folder)];
}

function profileProblems(config: CheckedConfig): Problem[] {
  const problems: Problem[] = [];
  for (const [name, profile] of Object.entries(config.profiles)) {
    for (const suite of profile.suites ?? []) {
      if (!config.suites[suite])
        problems.push(unknown(`profiles.${name}.suites`, "suite", suite, config.suites));
    }
    if (profile.services !== undefined && !config.environment.services[profile.services]) {
      problems.push(
        unknown(`profiles.${name}.services`, "service set", profile.services, config.environment.services),
      );
    }
    if (profile.extends !== undefined && !config.profiles[profile.extends]) {
      problems.push(unknown(`profiles.${name}.extends`, "profile", profile.extends, config.profiles));
    } else if (extendsItself(config, name)) {
      problems.push({ path: `profiles.${name}.extends`, message: "extends itself in a circle" });
    }
  }
  return problems;
}

function suiteProblems(config: CheckedConfig): Problem[] {
  const problems: Problem[] = [];
  for (const [name, suite] of Object.entries(config.suites)) {
    for (const before of suite.after) {
      if (!config.suites[before])
        problems.push(unknown(`suites.${name}.after`, "suite", before, config.suites));
      if (before === name)
        problems.push({ path: `suites.${name}.after`, message: "a suite cannot come after itself" });
    }
  }
  for (const [index, rule] of config.gates.rules.entries()) {
    if (rule.suite !== undefined && !config.suites[rule.suite]) {
      problems.push(unknown(`gates.rules[${index}].suite`, "suite", rule.suite, config.suites));
    }
  }
  return problems;
}

function fileProblems(config: CheckedConfig, folder: string): Problem[] {
  const files: [string, string][] = config.environment.composeFiles.map((file, index) => [
    `environment.composeFiles[${index}]`,
    file,
  ]);
  for (const [name, suite] of Object.entries(config.suites)) {
    if (suite.runner === "playwright") files.push([`suites.${name}.config`, suite.config]);
    if (suite.runner === "k6" && suite.script !== undefined)
      files.push([`suites.${name}.script`, suite.script]);
    if (suite.runner === "chaos" && suite.scenario !== undefined)
      files.push([`suites.${name}.scenario`, suite.scenario]);
    if (suite.runner === "drill" && suite.policy !== undefined)
      files.push([`suites.${name}.policy`, suite.policy]);
  }
  return files
    .filter(([, file]) => !existsSync(resolve(folder, file)))
    .map(([path, file]) => ({ path, message: `no such file: ${file}` }));
}

function extendsItself(config: CheckedConfig, name: string): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = name; at !== undefined; at = config.profiles[at]?.extends) {
    if (seen.has(at)) return true;
    seen.add(at);
  }
  return false;
}

function unknown(path: string, kind: string, name: string, known: Record<string, unknown>): Problem {
  return { path, message: `unknown ${kind} "${name}"; there is ${Object.keys(known).join(", ") || "none"}` };
}
