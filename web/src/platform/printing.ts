/** Whether the page is being printed, as a signal. While it is, parts of the page show all that they have. */
import { createSignal } from "solid-js";

const [isPrinting, setPrinting] = createSignal(false);

export { isPrinting };

/** Follow the browser: it makes the printed pages after the handlers of `beforeprint` have run. */
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
