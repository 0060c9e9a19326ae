/** Something wrong at a place, as scanners find it. */
export interface Finding {
  /** Stable name of the check that found it. */
  ruleId: string;
  level: "error" | "warning" | "note";
  message: string;
  /** A file relative to the project, or something that is no file: `GET /api/files`. */
  location?: { file: string; line?: number } | { subject: string };
  /** Equal for the same finding in another run. */
  fingerprint?: string;
}

/** A SARIF 2.1.0 log (OASIS) with one run. */
export function sarifLog(tool: { name: string; version?: string }, findings: readonly Finding[]): object {
  const ruleIds = [...new Set(findings.map((finding) => finding.ruleId))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { ...tool, rules: ruleIds.map((id) => ({ id })) } },
        results: findings.map((finding) => sarifResult(finding, ruleIds)),
      },
    ],
  };
}

function sarifResult({ ruleId, level, message, location, fingerprint }: Finding, ruleIds: readonly string[]) {
  return {
    ruleId,
    ruleIndex: ruleIds.indexOf(ruleId),
    level,
    message: { text: message },
    ...(location === undefined ? {} : { locations: [sarifLocation(location)] }),
    ...(fingerprint === undefined ? {} : { partialFingerprints: { "gauntlet/v1": fingerprint } }),
  };
}

function sarifLocation(location: NonNullable<Finding["location"]>) {
  if ("subject" in location) return { logicalLocations: [{ fullyQualifiedName: location.subject }] };
  const region = location.line === undefined ? {} : { region: { startLine: location.line } };
  return { physicalLocation: { artifactLocation: { uri: encodeURI(location.file) }, ...region } };
}
