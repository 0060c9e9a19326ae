export { type DocumentKind, type DocumentSource, loadDocument, parseDocument } from "./load-document.ts";
export { DocumentError, type Problem, problemsOf } from "./problems.ts";
