export { parse } from "./blocks";
export { linked } from "./linked";
export { isLink } from "./links";
export { plainText } from "./plain";
export type { Block, Inline, Known, Tree } from "./tree";
