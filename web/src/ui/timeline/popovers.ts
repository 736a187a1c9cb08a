/** What opens beside a message, loaded together when the first one is opened. */
export { EmojiPopover } from "./EmojiPopover";
export { Readers } from "./Readers";
