/**
 * A dialog over the page: the browser's own, which keeps focus in, closes with Escape, and gives focus back to whoever had
 * it. A click beside it closes it, too.
 */
import { createUniqueId, type JSX, onCleanup, onMount, Show } from "solid-js";
import { t } from "../../text";
import { IconButton } from "./Button";
import styles from "./Dialog.module.css";
import { closeModal, showModal } from "./modalStack";
import { raiseToasts } from "./toast";

export interface DialogProps {
  title: string;
  onClose: () => void;
  /** `wide` for settings and tables, `top` for the palette, which begins near the top and shows no title. */
  shape?: "normal" | "wide" | "top";
  /** It is text only: the keyboard reaches it as a whole, to scroll. */
  text?: boolean;
  /** Buttons at its end. */
  foot?: JSX.Element;
  children: JSX.Element;
}

/** Who had the focus before a dialog that is still being fetched. */
let held: Element | null = null;

/** Takes the focus until a dialog is there: what is typed meanwhile must not land in the message one was writing. */
export function Holding(props: { onClose: () => void }): JSX.Element {
  let element!: HTMLDialogElement;
  onMount(() => {
    held = document.activeElement;
    showModal(element);
    raiseToasts();
  });
  onCleanup(() => {
    const before = held;
    held = null;
    closeModal(element);
    raiseToasts();
    if (document.querySelector("dialog[open]")) return;
    // Nothing came after it, or what came is not shown yet and takes the focus itself.
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  });
  return (
    <dialog
      ref={element}
      class={styles.holding}
      aria-label={t.shell.loading}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    />
  );
}

export function Dialog(props: DialogProps): JSX.Element {
  const title = createUniqueId();
  let element!: HTMLDialogElement;
  let heading!: HTMLHeadingElement;
  let pressedOutside = false;
  const before = held ?? document.activeElement;

  let closed = false;
  const show = (): void => {
    if (closed) return;
    // While what it is about is still being fetched it is not in the page yet.
    if (!element.isConnected) {
      requestAnimationFrame(show);
      return;
    }
    showModal(element);
    raiseToasts();
    // What the dialog is about comes first, not the button that closes it.
    const first =
      element.querySelector<HTMLElement>('[data-autofocus="this"]') ??
      element.querySelector<HTMLElement>("[data-autofocus], [autofocus]");
    (first ?? heading).focus();
  };
  onMount(show);
  onCleanup(() => {
    closed = true;
    closeModal(element);
    // Those that lay on it stay.
    raiseToasts();
    if (!(before instanceof HTMLElement && before.isConnected)) {
      // Who had the focus has gone, such as someone who was sent out: the page's main part takes it.
      document.querySelector<HTMLElement>("main textarea, main [tabindex]")?.focus();
      return;
    }
    before.focus();
    // A field that the browser has given the focus back to has no caret where the page was inert; it takes it anew.
    if (document.activeElement === before) {
      before.blur();
      before.focus();
    }
  });

  const outside = (event: MouseEvent): boolean => {
    if (event.target !== element) return false;
    const box = element.getBoundingClientRect();
    return (
      event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom
    );
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes it, as Escape does, which the browser hears.
    <dialog
      ref={element}
      class={`${styles.dialog} ${styles[props.shape ?? "normal"]}`}
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        if (event.target === element) props.onClose();
      }}
      onMouseDown={(event) => {
        pressedOutside = outside(event);
      }}
      onClick={(event) => {
        if (pressedOutside && outside(event)) props.onClose();
      }}
    >
      <Show
        when={props.shape !== "top"}
        fallback={
          <h2 id={title} ref={heading} tabindex={-1} class="visually-hidden">
            {props.title}
          </h2>
        }
      >
        <header class={styles.head}>
          <h2 id={title} ref={heading} tabindex={-1} dir="auto">
            {props.title}
          </h2>
          <IconButton icon="close" label={t.shell.close} onClick={() => props.onClose()} />
        </header>
      </Show>
      <div class={styles.body} {...(props.text ? { tabindex: 0 } : {})}>
        {props.children}
      </div>
      <Show when={props.foot}>
        <footer class={styles.foot}>{props.foot}</footer>
      </Show>
    </dialog>
  );
}
