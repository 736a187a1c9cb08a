/** A text field with its label above, and its hint or problem below. */
import { createUniqueId, type JSX, Show, splitProps } from "solid-js";
import styles from "./Field.module.css";

export interface FieldOptions {
  label: string;
  hint?: string | undefined;
  /** What is wrong with the input, as a sentence; screen readers announce it. */
  problem?: string | null | undefined;
  /** Whether to show the label to screen readers only. */
  bare?: boolean;
}

type InputProps = FieldOptions & JSX.InputHTMLAttributes<HTMLInputElement> & { after?: JSX.Element };

export function Field(props: InputProps): JSX.Element {
  const id = createUniqueId();
  const [own, native] = splitProps(props, ["label", "hint", "problem", "bare", "after", "class"]);
  return (
    <div class={`${styles.field} ${own.class ?? ""}`}>
      <label for={id} class={own.bare ? "visually-hidden" : styles.label}>
        {own.label}
      </label>
      <div class={styles.line}>
        <input
          dir="auto"
          autocomplete="off"
          {...native}
          id={id}
          class={styles.input}
          aria-invalid={own.problem ? "true" : undefined}
          aria-describedby={`${id}-note`}
        />
        {own.after}
      </div>
      <Note id={`${id}-note`} hint={own.hint} problem={own.problem} />
    </div>
  );
}

export function Note(props: {
  id: string;
  hint?: string | undefined;
  problem?: string | null | undefined;
}): JSX.Element {
  return (
    <div id={props.id} class={styles.note}>
      <Show when={props.problem} fallback={<Show when={props.hint}>{props.hint}</Show>}>
        <span role="alert" class={styles.problem}>
          {props.problem}
        </span>
      </Show>
    </div>
  );
}

/** A form that calls a function when it is submitted, instead of loading a page. */
export function Form(props: {
  id?: string;
  class?: string | undefined;
  onSubmit: () => unknown;
  children: JSX.Element;
}): JSX.Element {
  return (
    <form
      id={props.id}
      class={props.class}
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      {props.children}
    </form>
  );
}
