import { z } from "zod";

/** Text for the database: not empty, bounded, and without the NUL that PostgreSQL refuses. */
export const text = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[^\0]*$/);

export const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/)
  .meta({ examples: ["acme"] });

/** RFC 3339 with an offset, from year 1 on. */
export const instant = z.iso
  .datetime({ offset: true })
  .refine((value) => !value.startsWith("0000"), "year 0 does not exist")
  .meta({ examples: ["2026-03-01T12:00:00.000Z"] });

export const limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);
