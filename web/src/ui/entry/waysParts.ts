/** What `waysModule` loads, in one file. */
export { Alone } from "./Alone";
export { Setup } from "./Setup";
