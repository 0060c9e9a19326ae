const middle = "environments|generators|chaos|backups|operations|reports";
const faced = `${middle}|pipeline`;
const rooms = `core|${faced}`;
// A consumer's contract is worth what the consumer's own client sends, so that test drives the real one.
const consumerTests = "^suites/contract/.*\\.pact\\.test\\.ts$";
const tests = "\\.test\\.tsx?$";

/** The rooms of docs and who may import whom. A rule that is in the way is a sign that a word is missing in core. */
export default {
  forbidden: [
    {
      name: "core-knows-no-room",
      comment: "core holds the words all rooms share; a word that knows a room can be shared by nobody else.",
      severity: "error",
      from: { path: "^core/" },
      to: { path: `^(${faced}|scripts|suites|bench)/` },
    },
    {
      name: "core-by-subject",
      comment: "A subject of core is reached by its face, #core/<subject>, so its files can change freely.",
      severity: "error",
      from: { path: "^core/([^/]+)/" },
      to: { path: "^core/", pathNot: "^core/($1/|[^/]+/index\\.ts$)" },
    },
    {
      name: "middle-rooms-are-strangers",
      comment:
        "Middle rooms share core's ports and meet in pipeline; each can then be tested and replaced alone.",
      severity: "error",
      from: { path: `^(${middle})/`, pathNot: "^environments/observastack/" },
      to: { path: `^(${faced}|scripts|suites|bench)/`, pathNot: "^$1/" },
    },
    {
      name: "observastack-is-a-guest",
      comment:
        "The reference system is checked from outside, like anybody's; it embeds only what operations offers services.",
      severity: "error",
      from: { path: "^environments/observastack/" },
      to: {
        path: `^(${rooms}|scripts|suites|bench)/`,
        pathNot: "^(environments/observastack/|operations/index\\.ts$|core/log/index\\.ts$)",
      },
    },
    {
      name: "observastack-is-not-imported",
      comment: "What runs in its containers is no library of ours.",
      severity: "error",
      from: { pathNot: `^environments/observastack/|${consumerTests}` },
      to: { path: "^environments/observastack/" },
    },
    {
      name: "pipeline-knows-no-command",
      comment: "Commands, suites and benchmarks stand on pipeline, not under it.",
      severity: "error",
      from: { path: "^pipeline/" },
      to: { path: "^(scripts|suites|bench)/" },
    },
    {
      name: "rooms-by-their-face",
      comment: "A room promises what its index.ts lists, nothing else.",
      severity: "error",
      from: { path: "^([^/]+)/", pathNot: "^bench/" },
      to: {
        path: `^(${faced})/`,
        pathNot: "^($1/|[^/]+/index\\.ts$|pipeline/suite/index\\.ts$|environments/observastack/)",
      },
    },
    {
      name: "core-by-its-faces",
      comment: "From any room a subject of core is reached by #core/<subject>.",
      severity: "error",
      from: { pathNot: "^(core|bench)/" },
      to: { path: "^core/", pathNot: "^core/[^/]+/index\\.ts$" },
    },
    {
      name: "other-rooms-by-name",
      comment: "`#room` says that a border is crossed; a path with dots hides it.",
      severity: "error",
      from: { path: `^(${rooms}|scripts|suites)/`, pathNot: consumerTests },
      to: {
        path: `^(${rooms})/`,
        pathNot: "^$1/",
        dependencyTypesNot: ["aliased-subpath-import"],
      },
    },
    {
      name: "own-room-by-path",
      comment:
        "Inside a room files import each other; through their own face they would import all of it, and in a circle.",
      severity: "error",
      from: { path: `^(${faced})/` },
      to: { path: "^$1/", dependencyTypes: ["aliased-subpath-import"] },
    },
    {
      name: "suites-only-connect",
      comment: "A suite runs against any system, so all it knows of us is #suite: the address it was given.",
      severity: "error",
      from: { path: "^suites/", pathNot: consumerTests },
      to: { path: `^(${rooms}|scripts|bench)/`, pathNot: "^pipeline/suite/index\\.ts$" },
    },
    {
      name: "suites-stand-alone",
      comment:
        "Suites are run, by runners that own their process; whoever imports one runs it in the wrong place.",
      severity: "error",
      from: { pathNot: "^suites/" },
      to: { path: "^suites/" },
    },
    {
      name: "load-runs-in-k6",
      comment: "k6 is not Node: a load script has k6's modules, its own files and JSON data.",
      severity: "error",
      from: { path: "^suites/load/|\\.k6\\.ts$", pathNot: tests },
      to: { pathNot: "^k6(/|$)|^suites/load/|\\.k6\\.ts$|\\.json$|^node_modules/@types/k6/" },
    },
    {
      name: "bench-is-not-imported",
      comment: "Benchmarks may use anything and are not published, so nothing may use them.",
      severity: "error",
      from: { pathNot: "^bench/" },
      to: { path: "^bench/" },
    },
    {
      name: "tests-are-not-imported",
      comment: "Importing a test file runs its tests a second time.",
      severity: "error",
      from: {},
      to: { path: tests },
    },
    {
      name: "no-circle",
      comment:
        "In a circle it depends on who is imported first whether a constant is there yet. Types are gone by then.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "resolvable",
      comment: "An import that leads nowhere would be outside every rule above.",
      severity: "error",
      from: { pathNot: "^environments/observastack/web/" },
      to: { couldNotResolve: true, pathNot: "^k6(/|$)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|\\.gauntlet|coverage)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
