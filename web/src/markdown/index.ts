export { parse } from "./blocks";
export { isLink } from "./links";
export { fold } from "./names";
export { plainText } from "./plain";
export type { Block, Inline, Known, Tree } from "./tree";
