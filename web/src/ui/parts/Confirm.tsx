/** A question before what can't easily be taken back. `children` are what there is to say or to choose besides. */
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
  /** What the button says: the deed, not "OK". */
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
          {/* Enter, pressed in haste, takes nothing from anybody. */}
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
        {/* Enter in a field does it, however many fields there are. */}
        <button type="submit" hidden />
      </Form>
    </Dialog>
  );
}
