// The watcher process. Nothing is imported before it is needed: it must be listening before its owner makes anything.
// Its owner holds the other end of standard input; "release" ends it, anything else, the pipe's end above all, sets it to work.

let said = "";
process.stdin.on("data", (chunk) => {
  said += String(chunk);
});
process.stdin.once("close", finish);
process.stdin.once("error", () => process.stdin.destroy());
process.stdout.on("error", () => {});
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});
process.stdout.write("ready\n");

async function finish(): Promise<void> {
  if (said.startsWith("release")) process.exit(0);
  const { removeLeftBehind } = await import("./remove-left-behind.ts");
  process.exit((await removeLeftBehind(JSON.parse(process.argv[2] ?? "{}"))) ? 0 : 1);
}
