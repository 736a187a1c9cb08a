/**
 * Short notices at the head of the page, where they cover neither the newest message nor the writing: what was done, what
 * could not be. They are said aloud, and go by themselves.
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

/** A reader needs time: as long as this in milliseconds, and twice as long for what went wrong. */
const SHOWN = 4_000;
const MOST = 3;

const [notices, setNotices] = createSignal<readonly Notice[]>([]);
let last = 0;

function add(text: string, problem: boolean): void {
  const id = ++last;
  setNotices((now) => [...now.filter((each) => each.text !== text), { id, text, problem }].slice(-MOST));
  setTimeout(() => drop(id), problem ? SHOWN * 2 : SHOWN);
}

function drop(id: number): void {
  setNotices((now) => now.filter((each) => each.id !== id));
}

/** Say that something was done; `grave`: that something was done to the user, which stays longer. */
export function tell(text: string, grave = false): void {
  add(text, grave);
}

/** Say why something was not done. */
export function tellProblem(problem: { code: string; message: string }): void {
  add(sentence(problem), true);
}

/** Tell the problem of an answer, if it has one. */
export async function tellIfRefused<T>(
  answer: Promise<{ ok: true; value: T } | { ok: false; problem: { code: string; message: string } }>,
): Promise<T | undefined> {
  const outcome = await answer;
  if (outcome.ok) return outcome.value;
  tellProblem(outcome.problem);
  return undefined;
}

let place: HTMLDivElement | undefined;
/** Where they are while no dialog is open. */
let home: HTMLElement | undefined;

/**
 * Lay them above everything that is open now. They go into the dialog that can be used, if there is one: everything beside
 * it is inert, so that they could neither be closed nor be read aloud.
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
    // They leave it for a dialog and come back: the page around them has something that stays.
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
