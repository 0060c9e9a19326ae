import fastify from "fastify";

export interface FakeGitHub extends AsyncDisposable {
  readonly url: string;
  readonly requests: { method: string; path: string; body: Record<string, unknown>; authorization: string }[];
  readonly comments: { id: number; body: string; user: { type: string } }[];
  /** Answers the next request to a path that contains `part` with this instead. */
  answerNext(part: string, status: number, headers?: Record<string, string>, message?: string): void;
}

/** The few operations that gauntlet calls, with GitHub's own rules: limits, 422 for what it does not accept, pages of comments. */
export async function startFakeGitHub(): Promise<FakeGitHub> {
  const requests: FakeGitHub["requests"] = [];
  const comments: FakeGitHub["comments"] = [];
  const planned: { part: string; status: number; headers: Record<string, string>; message: string }[] = [];
  const app = fastify({ bodyLimit: 5_000_000 });
  let nextId = 1;

  app.addHook("preHandler", async (request, reply) => {
    const body = (request.body ?? {}) as Record<string, unknown>;
    requests.push({
      method: request.method,
      path: request.url,
      body,
      authorization: request.headers.authorization ?? "",
    });
    const index = planned.findIndex(({ part }) => request.url.includes(part));
    const [plan] = index < 0 ? [] : planned.splice(index, 1);
    if (plan !== undefined)
      return reply.code(plan.status).headers(plan.headers).send({ message: plan.message });
    const problem = problemOf(body);
    if (problem !== undefined) return reply.code(422).send({ message: `Validation Failed: ${problem}` });
  });

  app.post("/repos/o/r/check-runs", async (_request, reply) =>
    reply.code(201).send({ id: nextId++, url: "api", html_url: "http://github.test/check" }),
  );
  app.patch("/repos/o/r/check-runs/:id", async () => ({
    id: 1,
    url: "api",
    html_url: "http://github.test/check",
  }));
  app.get<{ Querystring: { per_page: string; page: string } }>(
    "/repos/o/r/issues/7/comments",
    async ({ query }) => {
      const size = Number(query.per_page);
      return comments.slice((Number(query.page) - 1) * size, Number(query.page) * size);
    },
  );
  app.post<{ Body: { body: string } }>("/repos/o/r/issues/7/comments", async (request, reply) => {
    const comment = { id: nextId++, body: request.body.body, user: { type: "Bot" } };
    comments.push(comment);
    return reply.code(201).send({ ...comment, html_url: `http://github.test/comment/${comment.id}` });
  });
  app.patch<{ Params: { id: string }; Body: { body: string } }>(
    "/repos/o/r/issues/comments/:id",
    async (request) => {
      const comment = comments.find(({ id }) => id === Number(request.params.id));
      if (comment !== undefined) comment.body = request.body.body;
      return { ...comment, html_url: `http://github.test/comment/${request.params.id}` };
    },
  );

  await app.listen({ host: "127.0.0.1", port: 0 });
  const address = app.server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    comments,
    answerNext: (part, status, headers = {}, message = "planned") => {
      planned.push({ part, status, headers, message });
    },
    async [Symbol.asyncDispose]() {
      await app.close();
    },
  };
}

function problemOf(body: Record<string, unknown>): string | undefined {
  const output = body["output"] as
    | { summary?: string; annotations?: { path?: string; start_line?: number }[] }
    | undefined;
  if ((output?.annotations?.length ?? 0) > 50) return "too many annotations";
  if ((output?.summary?.length ?? 0) > 65_535) return "summary is too long";
  if (typeof body["body"] === "string" && body["body"].length > 65_536) return "body is too long";
  if (output?.annotations?.some(({ path, start_line }) => !path || path.startsWith("/") || !start_line))
    return "annotation";
  return undefined;
}
