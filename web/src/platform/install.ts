/** Whether the browser offers to install the page, as a signal. */
import { createSignal } from "solid-js";

/** The event `beforeinstallprompt`. It is not standardized, so TypeScript has no type for it. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

const [offer, setOffer] = createSignal<InstallPrompt | null>(null);

/** Wait for the browser's offer, and keep it for `install` instead of letting the browser show it. */
export function startInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    setOffer(event as InstallPrompt);
  });
  addEventListener("appinstalled", () => setOffer(null));
}

export const installable = (): boolean => offer() !== null;

/** Let the browser ask whether to install the page. Browsers allow it only in answer to a click. */
export async function install(): Promise<void> {
  await offer()?.prompt();
  setOffer(null);
}
