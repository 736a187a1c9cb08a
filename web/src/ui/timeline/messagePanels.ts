/** The dialogs about messages, loaded together when the first one is opened. */
export { DeleteMessage } from "./DeleteMessage";
export { MessageReactions, MessageVersions } from "./MessageLists";
export { Pins } from "./Pins";
export { ThreadPanel } from "./ThreadPanel";
