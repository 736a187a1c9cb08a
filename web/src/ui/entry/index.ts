export { codeOf } from "./code";
export { type Entered, Entry } from "./Entry";
export { Wordmark } from "./Wordmark";
