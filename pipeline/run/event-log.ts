import { closeSync, openSync, writeSync } from "node:fs";
import type { RunEvent, RunEventSink } from "#core/ports";

/**
 * Appends each event to `events.jsonl` with its time, then hands it to the listeners; none of them can stop the run. When
 * the file cannot be written any more the listeners are told once, and the run goes on without it.
 */
export function openEventLog(
  file: string,
  listeners: readonly RunEventSink[],
): { emit: RunEventSink; close(): void } {
  const descriptor = openSync(file, "a");
  let isOpen = true;
  const close = () => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  const tell = (event: RunEvent) => {
    for (const listener of listeners) listener(event);
  };
  return {
    emit(event: RunEvent) {
      try {
        if (isOpen) writeSync(descriptor, `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
      } catch (error) {
        close();
        tell({ type: "warning", message: `${file} ends here: ${(error as Error).message}` });
      }
      tell(event);
    },
    close,
  };
}
