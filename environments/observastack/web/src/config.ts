export interface WebConfig {
  readonly defects: ReadonlySet<string>;
}

/**
 * Reads the list of planted defects the edge serves. A page must work without it, so any failure
 * means "none planted" and says so on the console.
 */
export async function loadConfig(get: typeof fetch): Promise<WebConfig> {
  try {
    const response = await get("/config.json", { cache: "no-store" });
    if (!response.ok) throw new Error(`/config.json answered ${response.status}`);
    return parseConfig(await response.json());
  } catch (error) {
    console.warn("config.json could not be read; no defect is planted.", error);
    return { defects: new Set() };
  }
}

export function parseConfig(value: unknown): WebConfig {
  const listed =
    typeof value === "object" && value !== null && "defects" in value ? value.defects : undefined;
  if (!Array.isArray(listed)) throw new TypeError("config.json has no list of defects");
  return { defects: new Set(listed.filter((id) => typeof id === "string")) };
}
