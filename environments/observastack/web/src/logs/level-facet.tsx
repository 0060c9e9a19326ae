import { LEVELS, type Level } from "../api/shapes.ts";

export const LEVEL_NAMES: Record<Level, string> = {
  fatal: "Fatal",
  error: "Error",
  warn: "Warn",
  info: "Info",
  debug: "Debug",
  trace: "Trace",
};

interface LevelFacetProps {
  readonly level: Level | null;
  readonly onChoose: (level: Level | null) => void;
}

export function LevelFacet({ level, onChoose }: LevelFacetProps) {
  return (
    <fieldset className="facet">
      <legend>Level</legend>
      <div className="facet-options">
        {([null, ...LEVELS] as const).map((option) => (
          <label key={option ?? "all"} className="facet-option" data-level={option ?? undefined}>
            <input type="radio" name="level" checked={level === option} onChange={() => onChoose(option)} />
            <span className="swatch" aria-hidden="true" />
            <span>{option ? LEVEL_NAMES[option] : "All levels"}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
