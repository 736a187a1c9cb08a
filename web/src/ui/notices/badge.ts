/** Shows in the page's title and icon, and in the badge of the installed app, that there are unread messages: a number for
 * mentions, a dot for others. */
import type { UnreadTotals } from "../../state/unread";
import { t } from "../../text";

const SIZE = 64;
let plain: HTMLImageElement | null = null;
let shown = "";

function link(): HTMLLinkElement | null {
  return document.querySelector<HTMLLinkElement>('link[rel="icon"]');
}

/** Show the numbers. `title` is the title of the open room. */
export function showBadge(title: string, now: UnreadTotals): void {
  const { notify } = t.shell;
  document.title =
    now.mentions > 0 ? notify.unreadTitle(now.mentions, title) : now.unread ? notify.dotTitle(title) : title;
  const state = now.mentions > 0 ? String(Math.min(now.mentions, 99)) : now.unread ? "dot" : "";
  if (state === shown) return;
  shown = state;
  const badged = navigator as { setAppBadge?: (n?: number) => Promise<void>; clearAppBadge?: () => Promise<void> };
  void (now.mentions > 0 ? badged.setAppBadge?.(now.mentions) : badged.clearAppBadge?.())?.catch(() => undefined);
  void draw(state);
}

async function draw(state: string): Promise<void> {
  const icon = link();
  if (!icon) return;
  icon.dataset.plain ??= icon.href;
  if (!state) {
    icon.href = icon.dataset.plain;
    return;
  }
  try {
    if (!plain) {
      plain = new Image(SIZE, SIZE);
      plain.src = icon.dataset.plain;
      await plain.decode();
    }
  } catch {
    return; // without the icon, the title still shows the number
  }
  if (state !== shown) return;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.drawImage(plain, 0, 0, SIZE, SIZE);
  pen.beginPath();
  const number = state !== "dot";
  pen.arc(number ? 44 : 50, number ? 20 : 14, number ? 20 : 14, 0, Math.PI * 2);
  pen.fillStyle = number ? "#b06c00" : "#2f8f70";
  pen.fill();
  pen.lineWidth = 4;
  pen.strokeStyle = "#faf8f3";
  pen.stroke();
  if (number) {
    pen.fillStyle = "#fff";
    pen.font = `700 ${state.length > 1 ? 24 : 30}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(state, 44, 22);
  }
  icon.href = canvas.toDataURL("image/png");
}
