import type { ApiClient } from "../api/client.ts";
import type { FileRecord } from "../api/shapes.ts";

/** Fetches the bytes with the token, which a plain link could not carry, and hands them to the browser to save. */
export async function downloadFile(client: ApiClient, file: FileRecord): Promise<void> {
  const response = await client.send(`/api/files/${encodeURIComponent(file.id)}`);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = file.originalName;
  link.click();
  // The browser reads the blob after the click returns; a minute is enough to begin.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
