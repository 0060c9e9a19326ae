import type { CommandError } from "#core/command";
import { composeMessage } from "./compose.ts";
import { engineDiskFull, noEngine } from "./engine.ts";
import { EnvironmentError } from "./errors.ts";

/** Says which of the known reasons made a build fail: no frontend, no base image, no space, no engine, or the build itself. */
export function buildFailure(
  services: readonly string[],
  output: readonly string[],
  cause: CommandError,
): EnvironmentError {
  const text = output.join("\n");
  const names = services.join(", ");
  if (/Cannot connect to the Docker daemon/.test(text)) return noEngine(cause);
  if (/no space left on device/.test(text)) return engineDiskFull(`build ${names}`, cause);
  // BuildKit repeats the step that failed: ` > [app internal] load metadata for IMAGE:`.
  const [, step, image] =
    /^ > \[[^\]]*\] (resolve image config|load metadata) for (?:docker-image:\/\/)?(\S+?):?$/m.exec(text) ??
    [];
  if (step === "resolve image config") {
    return new EnvironmentError(
      `building ${names} needs the Dockerfile frontend ${image}, which cannot be pulled`,
      {
        code: "DOCKERFILE_FRONTEND_UNAVAILABLE",
        hint: "remove the `# syntax=` line from the Dockerfile, or give the engine a registry mirror",
        cause,
      },
    );
  }
  if (step === "load metadata") {
    return new EnvironmentError(`building ${names} needs the base image ${image}, which cannot be pulled`, {
      code: "BASE_IMAGE_UNAVAILABLE",
      hint: `make it available with \`docker pull ${image}\` or \`docker load\`, or give the engine a registry mirror`,
      cause,
    });
  }
  const tail = output.slice(-25).map((line) => `  | ${line}`);
  return new EnvironmentError(`building ${names} failed\n${tail.join("\n")}`, {
    code: "BUILD_FAILED",
    hint: `the last lines of the build are above; \`docker compose build ${services[0]}\` repeats it`,
    cause,
  });
}

export function pullFailure(service: string, reference: string, cause: CommandError): EnvironmentError {
  const message = composeMessage(cause);
  if (/Cannot connect to the Docker daemon/.test(message)) return noEngine(cause);
  if (/no space left on device/.test(message)) return engineDiskFull(`pull ${reference}`, cause);
  return new EnvironmentError(
    `service "${service}" needs the image ${reference}, which cannot be pulled: ${message}`,
    {
      code: "IMAGE_UNAVAILABLE",
      hint: "check the name, the network and `docker login`; an image that is on this machine already is used as it is",
      cause,
    },
  );
}
