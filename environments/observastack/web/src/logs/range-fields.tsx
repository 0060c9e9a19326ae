import { useState } from "react";
import { ALL_TIME, fromLocalInput, isPreset, PRESETS, type TimeRange, toLocalInput } from "./time-range.ts";

interface RangeFieldsProps {
  readonly range: TimeRange;
  readonly onRange: (range: TimeRange) => void;
}

export function RangeFields({ range, onRange }: RangeFieldsProps) {
  const [isCustomOpen, setCustomOpen] = useState(false);
  const isCustom = range.kind === "between" || isCustomOpen;

  function choose(value: string): void {
    setCustomOpen(value === "custom");
    if (isPreset(value)) onRange({ kind: "last", preset: value });
    else if (value === "all") onRange(ALL_TIME);
  }

  return (
    <>
      <select
        className="input range-select"
        aria-label="Time range"
        value={isCustom ? "custom" : range.kind === "last" ? range.preset : "all"}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="all">All time</option>
        {Object.entries(PRESETS).map(([preset, { label }]) => (
          <option key={preset} value={preset}>
            {label}
          </option>
        ))}
        <option value="custom">Custom range…</option>
      </select>
      {isCustom ? <CustomRange range={range} onRange={onRange} /> : null}
    </>
  );
}

function CustomRange({ range, onRange }: RangeFieldsProps) {
  const applied = range.kind === "between" ? range : { from: null, to: null };
  const ends = { from: applied.from, to: applied.to };
  const isReversed = ends.from !== null && ends.to !== null && ends.from > ends.to;

  function change(end: "from" | "to", value: string): void {
    const next = { ...ends, [end]: fromLocalInput(value) };
    onRange(next.from || next.to ? { kind: "between", ...next } : ALL_TIME);
  }

  return (
    <fieldset
      className="custom-range"
      aria-label="Custom range"
      aria-describedby={isReversed ? "range-error" : undefined}
    >
      {(["from", "to"] as const).map((end) => (
        <label key={end}>
          <span>{end === "from" ? "From" : "To"}</span>
          <input
            // Uncontrolled: a half-typed date reads as empty, and must not be wiped while it is typed.
            key={ends[end]}
            type="datetime-local"
            className="input"
            defaultValue={toLocalInput(ends[end])}
            onBlur={(event) => {
              if (event.target.value !== toLocalInput(ends[end])) change(end, event.target.value);
            }}
          />
        </label>
      ))}
      <span className="hint">your local time</span>
      {isReversed ? (
        <p id="range-error" className="field-error" role="alert">
          The start is after the end.
        </p>
      ) : null}
    </fieldset>
  );
}
