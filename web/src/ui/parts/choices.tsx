/** Controls for choosing one of several options, and a switch. */
import { createUniqueId, type JSX, Show } from "solid-js";
import { type FieldOptions, Note } from "./Field";
import styles from "./Field.module.css";

type SelectProps = FieldOptions & {
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onPick: (value: string) => void;
  disabled?: boolean;
  name?: string;
};

/** One of several options, in a drop-down list. */
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

/** One of several options, as radio buttons with hints. */
export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { value: T; label: string; hint?: string }[];
  onPick: (value: T) => void;
  disabled?: boolean;
  /** Whether the options stand side by side, instead of one below the other. */
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

/** A switch that takes effect immediately. */
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
