import { LEVELS } from "../api/shapes.ts";

/** A picture of a log stream, drawn once from a fixed pattern: most lines calm, a few that matter. */
export function LogArt() {
  return (
    <div className="login-art" aria-hidden="true">
      <svg viewBox="0 0 520 760" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
        {Array.from({ length: 34 }, (_, row) => {
          const y = 14 + row * 22;
          const level = LEVELS[[3, 3, 4, 3, 2, 3, 5, 3, 3, 1, 4, 3, 3, 5, 3, 2, 3][row % 17] ?? 3] ?? "info";
          const service = 34 + ((row * 37) % 30);
          const message = 120 + ((row * 83) % 210);
          return (
            <g key={y} className={`art-row art-${level}`}>
              <rect x="28" y={y} width="62" height="7" rx="3.5" className="art-dim" />
              <rect x="104" y={y} width="26" height="7" rx="3.5" className="art-level" />
              <rect x="146" y={y} width={service} height="7" rx="3.5" className="art-dim" />
              <rect x={162 + service} y={y} width={message} height="7" rx="3.5" className="art-text" />
            </g>
          );
        })}
      </svg>
      <p className="login-line">Every line your systems wrote, one search away.</p>
    </div>
  );
}
