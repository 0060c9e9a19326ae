import { resolve } from "node:path";
import { loadBackupPolicy } from "#backups";
import { loadScenario } from "#chaos";
import { readComposeModel } from "#environments";
import { loadConfig } from "./load-config.ts";

export interface ValidProject {
  file: string;
  suites: string[];
  profiles: string[];
  services: string[];
}

/** Checks the configuration, the Compose files and every document they name. Throws the first file's problems, all at once. */
export async function validateProject(from: string, explicitFile?: string): Promise<ValidProject> {
  const { file, folder, config } = await loadConfig(from, explicitFile);
  for (const suite of Object.values(config.suites)) {
    if (suite.runner === "chaos" && suite.scenario !== undefined)
      await loadScenario(resolve(folder, suite.scenario));
    if (suite.runner === "drill" && suite.policy !== undefined)
      await loadBackupPolicy(resolve(folder, suite.policy));
  }
  const model = await readComposeModel(
    config.environment.composeFiles.map((one) => resolve(folder, one)),
    {
      projectDirectory: folder,
      // As a run would set it; nothing is read from there.
      variables: { GAUNTLET_SECRETS_DIR: folder, ...config.environment.variables },
    },
  );
  return {
    file,
    suites: Object.keys(config.suites),
    profiles: Object.keys(config.profiles),
    services: Object.keys(model.services),
  };
}
