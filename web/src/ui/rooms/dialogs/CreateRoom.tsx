import { createSignal, createUniqueId, type JSX } from "solid-js";
import { engine } from "../../../state";
import type { Problem } from "../../../sync/types";
import { sentence, t } from "../../../text";
import { panels } from "../../../text/panels";
import { Button, Dialog, Field, Form } from "../../parts";
import { Choice } from "../../parts/choices";
import { openAndWrite } from "../../places/currentRoom";
import { closePanel } from "../../places/router";
import { asRoomName, dashed } from "../roomName";
import styles from "./dialogs.module.css";

export function CreateRoom(props: { name: string }): JSX.Element {
  const [name, setName] = createSignal(props.name);
  const [kind, setKind] = createSignal<"public" | "private">("public");
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const [busy, setBusy] = createSignal(false);
  const form = createUniqueId();
  const make = async (): Promise<void> => {
    setBusy(true);
    const answer = await engine.create(asRoomName(name()), kind() === "private");
    setBusy(false);
    if (answer.ok) openAndWrite(answer.value);
    else setProblem(answer.problem);
  };
  return (
    <Dialog
      title={panels.rooms.createTitle}
      onClose={closePanel}
      foot={
        <>
          <Button look="quiet" onClick={closePanel}>
            {t.shell.cancel}
          </Button>
          <Button look="primary" busy={busy()} type="submit" form={form}>
            {panels.rooms.createButton}
          </Button>
        </>
      }
    >
      <Form id={form} class={styles.form} onSubmit={make}>
        <Field
          label={panels.rooms.createName}
          hint={panels.rooms.createNameHint}
          problem={problem() && sentence(problem() as Problem)}
          value={name()}
          onInput={(event) => {
            setName(event.isComposing ? event.currentTarget.value : dashed(event.currentTarget));
            setProblem(null);
          }}
          maxlength={64}
          autocapitalize="none"
          spellcheck={false}
          data-autofocus=""
        />
        <Choice
          label={panels.room.kind}
          value={kind()}
          onPick={setKind}
          options={[
            { value: "public", label: panels.rooms.createPublic, hint: panels.rooms.createPublicHint },
            { value: "private", label: panels.rooms.createPrivate, hint: panels.rooms.createPrivateHint },
          ]}
        />
      </Form>
    </Dialog>
  );
}
