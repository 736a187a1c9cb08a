/** What this device does to be heard: notifications of the browser, and a tone. Kept on the device. */
import { createSignal } from "solid-js";
import { readStored, writeStored } from "../../platform/storage";

function flag(key: string): readonly [() => boolean, (on: boolean) => void] {
  const [value, setValue] = createSignal(readStored(key) === "on");
  return [
    value,
    (on) => {
      writeStored(key, on ? "on" : "off");
      setValue(on);
    },
  ];
}

/** Whether notifications are wanted here; the browser has its own say, see `permission`. */
export const [wanted, setWanted] = flag("parley.notifications");
/** Whether a tone is wanted. Off at first. */
export const [sound, setSound] = flag("parley.sound");

/** What the browser allows: `none` where it has no notifications at all, or not for this address. */
export type Permission = NotificationPermission | "none";

const ask = (): Permission =>
  typeof Notification === "undefined" || !globalThis.isSecureContext ? "none" : Notification.permission;
const [allowed, setAllowed] = createSignal<Permission>(ask());

export const permission = allowed;

/** Turn notifications on. Only in answer to a click: browsers ask then, and once. */
export async function turnOn(): Promise<void> {
  if (ask() === "none") return;
  setAllowed(await Notification.requestPermission());
  if (ask() === "granted") setWanted(true);
}
