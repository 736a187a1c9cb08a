/** Whether the page is being printed, as a signal. Meanwhile, parts of the page show content that they otherwise hide or cut. */
import { createSignal } from "solid-js";

const [isPrinting, setPrinting] = createSignal(false);

export { isPrinting };

/** Keep the signal up to date. Handlers of `beforeprint` run before the browser lays out the printed pages. */
export function startPrinting(): () => void {
  const media = matchMedia("print");
  const begin = (): void => void setPrinting(true);
  const end = (): void => void setPrinting(false);
  const changed = (): void => void setPrinting(media.matches);
  addEventListener("beforeprint", begin);
  addEventListener("afterprint", end);
  // Not every browser dispatches the events for every way to print.
  media.addEventListener("change", changed);
  return () => {
    removeEventListener("beforeprint", begin);
    removeEventListener("afterprint", end);
    media.removeEventListener("change", changed);
  };
}
