export { useMay, useMyself } from "./mine";
export { People } from "./People";
export { isOnlyOwner } from "./rights";
