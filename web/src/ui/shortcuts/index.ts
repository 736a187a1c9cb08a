export { type Action, actions, possible, register, type Section, startKeys } from "./actions";
export { shownKeys } from "./keys";
