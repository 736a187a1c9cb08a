/** Whether the browser offers to install the page, as a signal. */
import { createSignal } from "solid-js";
import { onInstallable } from "../../pwa";

const [possible, setPossible] = createSignal(false);
onInstallable((is) => setPossible(is));

export const installable = possible;
export { install } from "../../pwa";
