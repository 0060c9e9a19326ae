/** One setting and where it came from. */
export interface DescribedValue {
  path: string;
  value: unknown;
  origin: "file" | "default";
}

/** Every leaf of the checked configuration; what the file did not write is a default. Secrets appear as references only. */
export function describeConfig(checked: unknown, written: unknown, path = ""): DescribedValue[] {
  if (typeof checked !== "object" || checked === null || Object.keys(checked).length === 0) {
    return [{ path, value: checked, origin: written === undefined ? "default" : "file" }];
  }
  return Object.entries(checked).flatMap(([key, value]) => {
    const below =
      typeof written === "object" && written !== null ? (written as Record<string, unknown>)[key] : undefined;
    const step = Array.isArray(checked) ? `[${key}]` : path === "" ? key : `.${key}`;
    return describeConfig(value, below, `${path}${step}`);
  });
}
