import { join } from "node:path";
import { debianSuite, ensureMmdebstrap, makeDebianTree } from "./debian-tree.ts";
import { DoctorError } from "./errors.ts";
import { ask, type DoctorContext, type Finding, type Need } from "./need.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const baseImageReference = `debian:${debianSuite}-slim`;

const packages = ["ca-certificates", "curl"];
const firstAnswerMs = 8_000;
const pullTimeoutMs = 180_000;

/** The image every other is built on: pulled where a registry answers, else made from packages under the same tag. */
export const baseImage: Need = {
  name: "base-image",
  after: ["engine"],
  examine: examineBaseImage,
  async install(context) {
    // The tool is fetched while the registry has its chance; its failing matters only when the registry has none.
    const tool = ensureMmdebstrap(context).then(
      () => undefined,
      (error: unknown) => error,
    );
    const isPulled = await context.step(`asking a registry for ${baseImageReference}`, () => pull(context));
    const toolError = await tool;
    if (!isPulled) {
      if (toolError !== undefined) throw toolError;
      await makeBaseImage(context);
    }
    const image = await inspectImage(context, baseImageReference);
    if (!image) {
      throw new DoctorError(`the engine does not know ${baseImageReference} although it was just made`, {
        code: "BASE_IMAGE_LOST",
      });
    }
    await context.records.add({ kind: "image", reference: baseImageReference, id: image.id });
    return "installed";
  },
  commands: () => [
    `docker pull ${baseImageReference}`,
    "# or, where no registry answers:",
    "sudo apt-get install -y mmdebstrap debian-archive-keyring",
    `mmdebstrap --variant=minbase --include=${packages.join(",")} ${debianSuite} - | docker import --change 'CMD ["bash"]' - ${baseImageReference}`,
  ],
};

async function examineBaseImage(context: DoctorContext): Promise<Finding> {
  const image = await inspectImage(context, baseImageReference);
  if (image)
    return {
      isPresent: true,
      version: image.created,
      where: `${baseImageReference} (${image.id.slice(7, 19)})`,
    };
  return { isPresent: false, reason: `the engine has no image ${baseImageReference}` };
}

/** Undefined when the engine has no such image, or there is no engine. `created` is a date. */
export async function inspectImage(
  context: Pick<DoctorContext, "run" | "signal">,
  reference: string,
): Promise<{ id: string; created: string } | undefined> {
  const answer = await ask(context, "docker", [
    "image",
    "inspect",
    "--format",
    "{{.Id}} {{.Created}}",
    reference,
  ]);
  const [id, created] = answer?.stdout.trim().split(" ") ?? [];
  return id && created ? { id, created: created.slice(0, 10) } : undefined;
}

/** False when no registry gives it. One that says nothing at first is given up soon; one that answers may take its time. */
async function pull(context: DoctorContext): Promise<boolean> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error("no registry answered")), firstAnswerMs);
  try {
    const answer = await ask(context, "docker", ["pull", baseImageReference], {
      timeoutMs: pullTimeoutMs,
      signal: AbortSignal.any([context.signal, silence.signal]),
      onLine: (line) => {
        if (/pulling/i.test(line)) clearTimeout(timer);
      },
    });
    return answer !== undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function makeBaseImage(context: DoctorContext): Promise<void> {
  const archive = join(await temporaryFolder(context, "base-image"), "base.tar");
  await context.step(`making ${baseImageReference} from Debian packages`, async () => {
    await makeDebianTree(context, { variant: "minbase", packages, target: archive });
    await context.run("docker", ["import", "--change", 'CMD ["bash"]', archive, baseImageReference], {
      signal: context.signal,
    });
  });
}
