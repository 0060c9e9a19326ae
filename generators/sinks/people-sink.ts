import { z } from "zod";
import { exchange, parseAnswer, unexpectedAnswer } from "./http-exchange.ts";
import type { Sink } from "./sink.ts";

export interface PeopleSinkOptions {
  url: string;
  keyHeader: string;
  /** Value of the header. */
  key: string;
  /** Everybody's password. */
  password: string;
}

/** One POST of `{tenants, users}`; the answer counts both, as a number or split, such as `{created, updated}`. */
export function peopleSink(options: PeopleSinkOptions): Sink {
  const name = `people sink ${options.url}`;
  return {
    signal: "people",
    name,
    async deliver(sample, io) {
      const tenants = sample.tenants.map(({ slug, name }) => ({ slug, name }));
      const users = sample.tenants.flatMap(({ people }) =>
        people.map((person) => ({ ...person, password: options.password })),
      );
      const request = {
        name,
        url: options.url,
        headers: { "content-type": "application/json", [options.keyHeader]: options.key },
        body: JSON.stringify({ tenants, users }),
        secrets: [options.key, options.password],
      };
      const answer = answerSchema.safeParse(parseAnswer(request, await exchange(request, io)));
      if (!answer.success) throw unexpectedAnswer(request, "does not count tenants and users");
      const taken = { tenants: total(answer.data.tenants), users: total(answer.data.users) };
      if (taken.tenants !== tenants.length) {
        throw unexpectedAnswer(request, `counts ${taken.tenants} tenants, ${tenants.length} were sent`);
      }
      return {
        generated: users.length,
        sent: users.length,
        accepted: taken.users,
        rejected: Math.max(0, users.length - taken.users),
      };
    },
  };
}

const count = z.int().min(0);
const countSchema = z.union([count, z.record(z.string(), count)]);
const answerSchema = z.object({ tenants: countSchema, users: countSchema });

function total(counted: z.infer<typeof countSchema>): number {
  return typeof counted === "number" ? counted : Object.values(counted).reduce((sum, part) => sum + part, 0);
}
