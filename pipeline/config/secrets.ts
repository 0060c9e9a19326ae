import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { DocumentError, type Problem } from "#core/documents";
import type { LoadedConfig } from "./load-config.ts";

/** The values behind the configuration's references, new ones where it says `generate`. Throws DocumentError naming every missing one. */
export function resolveSecrets(loaded: LoadedConfig, environment: NodeJS.ProcessEnv): Record<string, string> {
  const problems: Problem[] = [];
  const values: Record<string, string> = {};
  for (const [name, reference] of Object.entries(loaded.config.environment.secrets)) {
    const path = `environment.secrets.${name}`;
    if ("generate" in reference) {
      values[name] = generators[reference.generate]();
    } else if ("env" in reference) {
      const value = environment[reference.env];
      if (value === undefined) problems.push({ path, message: `variable ${reference.env} is not set` });
      else values[name] = value;
    } else {
      try {
        values[name] = readFileSync(resolve(loaded.folder, reference.file), "utf8");
      } catch (error) {
        problems.push({ path, message: (error as Error).message });
      }
    }
  }
  if (problems.length > 0) throw new DocumentError(loaded.file, problems);
  return values;
}

const generators = {
  password: () => randomBytes(18).toString("base64url"),
  "aes-key": () => randomBytes(32).toString("base64"),
  "rsa-key": newRsaKey,
} as const;

function newRsaKey(): string {
  return generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
}
