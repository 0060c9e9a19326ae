import { z } from "zod";
import { exchange, parseAnswer, unexpectedAnswer } from "./http-exchange.ts";
import type { SinkIo } from "./sink.ts";

export interface LoginOptions {
  url: string;
  username: string;
  password: string;
  /** What the receiver calls the parts of its request and answer. */
  fields: { tenant: string; username: string; password: string; token: string };
}

/** The bearer token of the configured user of `tenant`. */
export async function logIn(options: LoginOptions, tenant: string, io: SinkIo): Promise<string> {
  const { fields } = options;
  const request = {
    name: `login ${options.url} of ${options.username} of ${tenant}`,
    url: options.url,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      [fields.tenant]: tenant,
      [fields.username]: options.username,
      [fields.password]: options.password,
    }),
    secrets: [options.password],
  };
  const answer = z
    .record(z.string(), z.unknown())
    .safeParse(parseAnswer(request, await exchange(request, io)));
  const token = z.string().min(1).safeParse(answer.data?.[fields.token]);
  if (!token.success) throw unexpectedAnswer(request, `has no text in "${fields.token}"`);
  return token.data;
}
