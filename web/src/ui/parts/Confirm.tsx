/** A dialog that asks before an action that can not easily be undone. `children` are further fields, such as a reason. */
import { createSignal, type JSX } from "solid-js";
import type { Answer } from "../../sync/types";
import { sentence, t } from "../../text";
import { Button } from "./Button";
import styles from "./Confirm.module.css";
import { Dialog } from "./Dialog";
import { Form } from "./Field";

export function Confirm(props: {
  title: string;
  text: string;
  /** The text of the button that confirms. It names the action. */
  doIt: string;
  danger?: boolean;
  disabled?: boolean;
  run: () => Promise<Answer<unknown>>;
  onClose: () => void;
  children?: JSX.Element;
}): JSX.Element {
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal("");
  const go = async (): Promise<void> => {
    if (busy() || props.disabled) return;
    setBusy(true);
    setProblem("");
    const answer = await props.run();
    setBusy(false);
    if (answer.ok) props.onClose();
    else setProblem(sentence(answer.problem));
  };
  return (
    <Dialog
      title={props.title}
      onClose={() => props.onClose()}
      foot={
        <>
          {/* Give the focus to "Cancel", so that a hasty Enter does no harm. If there are fields, the first one gets it. */}
          <Button
            look="quiet"
            data-autofocus={props.children || props.danger === false ? undefined : ""}
            onClick={() => props.onClose()}
          >
            {t.shell.cancel}
          </Button>
          <Button
            look={props.danger === false ? "primary" : "danger"}
            busy={busy()}
            disabled={props.disabled ?? false}
            data-autofocus={props.danger === false && !props.children ? "" : undefined}
            onClick={() => void go()}
          >
            {props.doIt}
          </Button>
        </>
      }
    >
      <Form class={styles.body} onSubmit={go}>
        <p>{props.text}</p>
        {props.children}
        <p role="alert" class={styles.problem}>
          {problem()}
        </p>
        {/* Without a submit button in the form, Enter in a field would not submit it. */}
        <button type="submit" hidden />
      </Form>
    </Dialog>
  );
}
