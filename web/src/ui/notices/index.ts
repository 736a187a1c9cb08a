export { ConnectionBanner } from "./ConnectionBanner";
export { startNotices } from "./notify";
export { UpdateBar } from "./UpdateBar";
