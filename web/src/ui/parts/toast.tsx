/**
 * Toasts: short notices of what was done or has failed. They are at the top of the page, so that they cover neither the newest
 * message nor the composer. Screen readers announce them, and they disappear by themselves.
 */
import { createEffect, createSignal, For, type JSX } from "solid-js";
import { sentence, t } from "../../text";
import { IconButton } from "./Button";
import { topModal } from "./modalStack";
import styles from "./toast.module.css";

interface Notice {
  id: number;
  text: string;
  problem: boolean;
}

/** Milliseconds for which a toast is shown; problems are shown twice as long. */
const SHOWN = 4_000;
const MOST = 3;

const [notices, setNotices] = createSignal<readonly Notice[]>([]);
let last = 0;

/** Show a short text. `grave`: whether it tells of a problem; then it is shown longer. */
export function showToast(text: string, grave = false): void {
  const id = ++last;
  setNotices((now) => [...now.filter((each) => each.text !== text), { id, text, problem: grave }].slice(-MOST));
  setTimeout(() => drop(id), grave ? SHOWN * 2 : SHOWN);
}

function drop(id: number): void {
  setNotices((now) => now.filter((each) => each.id !== id));
}

/** Show why something has failed. */
export function showProblem(problem: { code: string; message: string }): void {
  showToast(sentence(problem), true);
}

/** Wait for an answer. If it has a problem, show that in a toast and return undefined; else return its value. */
export async function showRefusal<T>(
  answer: Promise<{ ok: true; value: T } | { ok: false; problem: { code: string; message: string } }>,
): Promise<T | undefined> {
  const outcome = await answer;
  if (outcome.ok) return outcome.value;
  showProblem(outcome.problem);
  return undefined;
}

let place: HTMLDivElement | undefined;
/** The parent of the toasts while no dialog is open. */
let home: HTMLElement | undefined;

/**
 * Put the toasts on top of everything. If a modal dialog is open, they move into it: everything outside is inert, so they could
 * neither be closed nor be read by a screen reader.
 */
export function raiseToasts(): void {
  if (!place || !home) return;
  const over = topModal() ?? home;
  if (place.parentElement !== over) over.append(place);
  else if (place.matches(":popover-open")) place.hidePopover();
  if (notices().length > 0 && place.isConnected) place.showPopover();
}

export function Toasts(): JSX.Element {
  createEffect(() => {
    notices();
    raiseToasts();
  });
  return (
    // This outer element stays where it is. The inner one, with the toasts, moves into dialogs and back.
    <div
      ref={(element) => {
        home = element;
      }}
      class={styles.home}
    >
      <div
        ref={(element) => {
          place = element;
        }}
        popover="manual"
        class={styles.toasts}
        role="status"
        aria-live="polite"
      >
        <For each={notices()}>
          {(notice) => (
            <div
              class={`${styles.toast} ${notice.problem ? styles.problem : ""}`}
              onAnimationEnd={(event) => {
                event.currentTarget.dataset["shown"] = "";
              }}
            >
              <span dir="auto">{notice.text}</span>
              <IconButton icon="close" small label={t.shell.close} onClick={() => drop(notice.id)} />
            </div>
          )}
        </For>
      </div>
    </div>
  );
}
