// A process that starts an environment and then waits to be killed: `node owner.ts OPTIONS`.
import { startEnvironment } from "../index.ts";

const environment = await startEnvironment(JSON.parse(process.argv[2] ?? "{}"), {
  events: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
process.stdout.write(`ready ${environment.descriptor.id}\n`);
setInterval(() => {}, 1_000);
