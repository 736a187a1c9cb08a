/** A field with its name above, and what is wrong with it below, where the eye is. */
import { createUniqueId, type JSX, Show, splitProps } from "solid-js";
import styles from "./Field.module.css";

interface Common {
  label: string;
  hint?: string | undefined;
  /** What is wrong; said aloud to those who listen. */
  problem?: string | null | undefined;
  /** Show the field without its label, which is said all the same. */
  bare?: boolean;
}

type InputProps = Common & JSX.InputHTMLAttributes<HTMLInputElement> & { after?: JSX.Element };

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

type SelectProps = Common & {
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onPick: (value: string) => void;
  disabled?: boolean;
  name?: string;
};

/** A choice of one of several. */
export function Select(props: SelectProps): JSX.Element {
  const id = createUniqueId();
  return (
    <div class={styles.field}>
      <label for={id} class={props.bare ? "visually-hidden" : styles.label}>
        {props.label}
      </label>
      <div class={styles.select}>
        <select
          id={id}
          name={props.name}
          class={styles.input}
          disabled={props.disabled ?? false}
          aria-describedby={`${id}-note`}
          onChange={(event) => props.onPick(event.currentTarget.value)}
        >
          {props.options.map(([value, label]) => (
            <option value={value} selected={value === props.value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <Note id={`${id}-note`} hint={props.hint} problem={props.problem} />
    </div>
  );
}

function Note(props: { id: string; hint?: string | undefined; problem?: string | null | undefined }): JSX.Element {
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

/** Some choices that exclude one another, each with a sentence. */
export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { value: T; label: string; hint?: string }[];
  onPick: (value: T) => void;
  disabled?: boolean;
  /** Side by side instead of one below the other. */
  row?: boolean;
}): JSX.Element {
  const name = createUniqueId();
  return (
    <fieldset class={styles.field} disabled={props.disabled}>
      <legend class={styles.label}>{props.label}</legend>
      <div class={props.row ? styles.segments : styles.choices}>
        {props.options.map((option) => (
          <label class={props.row ? styles.segment : styles.choice}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === props.value}
              onChange={() => props.onPick(option.value)}
            />
            <span>
              {option.label}
              {option.hint ? <small class={styles.hint}>{option.hint}</small> : null}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Something that is on or off, at once. */
export function Toggle(props: {
  label: string;
  hint?: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}): JSX.Element {
  const id = createUniqueId();
  return (
    <div class={styles.toggle}>
      <div>
        <label for={id} class={styles.label}>
          {props.label}
        </label>
        <Show when={props.hint}>
          <div id={`${id}-note`} class={styles.note}>
            {props.hint}
          </div>
        </Show>
      </div>
      <button
        id={id}
        type="button"
        role="switch"
        aria-checked={props.checked}
        aria-describedby={props.hint ? `${id}-note` : undefined}
        disabled={props.disabled}
        class={styles.switch}
        onClick={() => props.onChange(!props.checked)}
      />
    </div>
  );
}

/** A form whose submission is a call, and loads no page. */
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
