import { closeSync, openSync, writeSync } from "node:fs";
import type { RunEvent, RunEventSink } from "#core/ports";

/** Appends each event to `events.jsonl` with its time, then hands it to the listeners; none of them can stop the run. */
export function openEventLog(
  file: string,
  listeners: readonly RunEventSink[],
): { emit: RunEventSink; close(): void } {
  const descriptor = openSync(file, "a");
  let isOpen = true;
  return {
    emit(event: RunEvent) {
      if (isOpen) writeSync(descriptor, `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
      for (const listener of listeners) listener(event);
    },
    close() {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}
