// In JavaScript, and apart, because the package's own files carry no types of their own.
export { answerChecks } from "../../pkg/lib/signatures.js";
