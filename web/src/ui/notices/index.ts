export { ConnectionBanner } from "./ConnectionBanner";
export { startNotices } from "./notify";
export { Stranded } from "./Stranded";
export { UpdateBar } from "./UpdateBar";
