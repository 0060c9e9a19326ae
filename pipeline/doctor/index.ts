export type { DoctorIo } from "./context.ts";
export { DoctorError } from "./errors.ts";
export { examine } from "./examine.ts";
export { allNeeds, type DoctorPurpose, type NeedName, needsFor } from "./needs.ts";
export { type ProvideOptions, provide } from "./provide.ts";
export { renderDoctorReport, renderUndoReport } from "./render-report.ts";
export { type DoctorReport, type DoneStep, isThere, type NeedReport, type NeedState } from "./report.ts";
export { type ToolPaths, toolPaths } from "./tool-paths.ts";
export { type UndoOptions, type UndoReport, undo } from "./undo.ts";
