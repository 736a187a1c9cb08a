import { type JSX, onMount } from "solid-js";
import { t } from "../../text";
import { Button } from "./Button";
import { copyAndTell } from "./copy";
import { Field } from "./Field";

/** A secret that is shown once, with a copy button. */
export function Secret(props: { label: string; hint: string; value: string }): JSX.Element {
  let button: HTMLButtonElement | undefined;
  onMount(() => button?.focus());
  return (
    <Field
      label={props.label}
      hint={props.hint}
      readonly
      dir="ltr"
      value={props.value}
      onFocus={(event) => event.currentTarget.select()}
      after={
        <Button
          icon="copy"
          ref={(element: HTMLButtonElement) => {
            button = element;
          }}
          onClick={() => void copyAndTell(props.value)}
        >
          {t.shell.copy}
        </Button>
      }
    />
  );
}
