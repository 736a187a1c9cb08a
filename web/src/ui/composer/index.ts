export { Composer, type ComposerProps } from "./Composer";
export { insertText, quoteInto } from "./insert";
