/** A modal dialog. The browser's `<dialog>` keeps the focus inside and closes with Escape; a click outside closes it as well. */
import { createUniqueId, type JSX, onCleanup, onMount, Show } from "solid-js";
import { t } from "../../text";
import { IconButton } from "./Button";
import styles from "./Dialog.module.css";
import { closeModal, showModal } from "./modalStack";
import { raiseToasts } from "./toast";

export interface DialogProps {
  title: string;
  onClose: () => void;
  /** `wide`: for settings and tables. `top`: near the top of the page, without a visible title. */
  shape?: "normal" | "wide" | "top";
  /** Whether the content is text without controls: then it gets the focus, so that keys scroll it. */
  text?: boolean;
  /** The buttons at the end of the dialog. */
  foot?: JSX.Element;
  children: JSX.Element;
}

/** The element that had the focus before the dialog that is being loaded; it gets the focus back when that dialog closes. */
let held: Element | null = null;

/**
 * Shown instead of a dialog while its module is loaded. It takes the focus, so that keys do not go into the composer meanwhile.
 * Its content becomes visible only if loading takes long.
 */
export function Holding(props: { onClose: () => void }): JSX.Element {
  let element!: HTMLDialogElement;
  let words!: HTMLSpanElement;
  onMount(() => {
    held = document.activeElement;
    showModal(element);
    // Focus the words, not the close button, which a second Enter would press.
    words.focus();
    raiseToasts();
  });
  onCleanup(() => {
    const before = held;
    held = null;
    closeModal(element);
    raiseToasts();
    if (document.querySelector("dialog[open]")) return;
    // No dialog is open: loading was cancelled, or the dialog opens in a moment and takes the focus then.
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
    >
      <span ref={words} tabindex={-1}>
        {t.shell.loading}
      </span>
      <IconButton icon="close" label={t.shell.close} onClick={() => props.onClose()} />
    </dialog>
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
    // `showModal` needs the element in the page. While Solid waits for data of the dialog, it is not: try again.
    if (!element.isConnected) {
      requestAnimationFrame(show);
      return;
    }
    showModal(element);
    raiseToasts();
    // Focus the content, not the close button, which comes first.
    const first =
      element.querySelector<HTMLElement>('[data-autofocus="this"]') ??
      element.querySelector<HTMLElement>("[data-autofocus], [autofocus]");
    (first ?? heading).focus();
  };
  onMount(show);
  onCleanup(() => {
    closed = true;
    closeModal(element);
    // Move the toasts inside this dialog to the dialog below it, or to the page.
    raiseToasts();
    if (!(before instanceof HTMLElement && before.isConnected)) {
      // The element that had the focus is gone, for instance the person who was kicked: focus the main part of the page.
      document.querySelector<HTMLElement>("main textarea, main [tabindex]")?.focus();
      return;
    }
    before.focus();
    // A field that gets the focus back while the page is inert shows no caret: focus it again.
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
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click outside closes it; the browser handles Escape.
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
