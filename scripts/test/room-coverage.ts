import { relative, sep } from "node:path";
import { z } from "zod";

/** Percent of lines and of branches that the unit and integration tests of each room must reach. */
export const coverageFloor = 90;

/** Rooms that are not there yet, and what they must not fall below; an entry is a debt, to be paid and removed. */
const owed: Readonly<Record<string, { lines?: number; branches?: number }>> = {
  environments: { branches: 82 },
};

const partSchema = z.object({ total: z.number(), covered: z.number() });
const summarySchema = z.record(z.string(), z.object({ lines: partSchema, branches: partSchema }));

export interface RoomCoverage {
  room: string;
  /** Percent; 100 where there is nothing to cover. */
  lines: number;
  branches: number;
  isEnough: boolean;
}

/** Per room, from vitest's json-summary. Throws on a summary of another shape, and on one that measured nothing. */
export function coverageByRoom(summary: string, root: string): RoomCoverage[] {
  const files = Object.entries(summarySchema.parse(JSON.parse(summary))).filter(([path]) => path !== "total");
  if (files.length === 0) throw new Error("the coverage summary names no file");
  const rooms = Map.groupBy(files, ([path]) => relative(root, path).split(sep)[0] ?? "");
  return [...rooms]
    .map(([room, parts]) => {
      const lines = percent(parts.map(([, part]) => part.lines));
      const branches = percent(parts.map(([, part]) => part.branches));
      const floor = { lines: coverageFloor, branches: coverageFloor, ...owed[room] };
      return { room, lines, branches, isEnough: lines >= floor.lines && branches >= floor.branches };
    })
    .toSorted((a, b) => (a.room < b.room ? -1 : 1));
}

export function coverageTable(rooms: readonly RoomCoverage[]): string {
  const rows = rooms.map(
    ({ room, lines, branches, isEnough }) =>
      `${room.padEnd(14)}${cell(lines)}${cell(branches)}${isEnough ? "" : `  below ${coverageFloor} %`}`,
  );
  return ["coverage          lines  branches", ...rows].join("\n");
}

// Rounded down: 89.99 must not read as 90.
function cell(percentage: number): string {
  return `${(Math.floor(percentage * 10) / 10).toFixed(1)} %`.padStart(10);
}

function percent(parts: readonly { total: number; covered: number }[]): number {
  const total = parts.reduce((sum, part) => sum + part.total, 0);
  const covered = parts.reduce((sum, part) => sum + part.covered, 0);
  return total === 0 ? 100 : (100 * covered) / total;
}
