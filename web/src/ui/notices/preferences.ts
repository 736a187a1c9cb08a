/** The notification settings of this device. */
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

/** Whether the user wants notifications on this device; see also `permission`. */
export const [notificationsWanted, setNotificationsWanted] = flag("parley.notifications");
/** Whether the user wants a sound with notifications, on this device. */
export const [soundWanted, setSoundWanted] = flag("parley.sound");

/** The browser's permission to show notifications; `none` if it has no notifications, or allows none without TLS. */
export type Permission = NotificationPermission | "none";

const ask = (): Permission =>
  typeof Notification === "undefined" || !globalThis.isSecureContext ? "none" : Notification.permission;
const [allowed, setAllowed] = createSignal<Permission>(ask());

export const permission = allowed;

/** Turn notifications on, and ask for the permission. Call this in answer to a click: only then browsers ask the user. */
export async function enableNotifications(): Promise<void> {
  if (ask() === "none") return;
  setAllowed(await Notification.requestPermission());
  if (ask() === "granted") setNotificationsWanted(true);
}
