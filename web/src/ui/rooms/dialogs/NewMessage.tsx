import { createEffect, createSignal, type JSX, Show } from "solid-js";
import { engine, useMe, useMembers } from "../../../state";
import type { RoomId } from "../../../sync/types";
import { sentence, t } from "../../../text";
import { panels } from "../../../text/panels";
import { Button, Dialog } from "../../parts";
import { openAndWrite } from "../../places/currentRoom";
import { closePanel } from "../../places/router";
import styles from "./dialogs.module.css";
import { PeoplePicker, type PickablePerson } from "./PeoplePicker";

/** `from`: a direct room whose people are chosen when the dialog opens; null: nobody is. */
export function NewMessage(props: { from: RoomId | null }): JSX.Element {
  const me = useMe();
  const before = useMembers(() => props.from);
  const [chosen, setChosen] = createSignal<readonly PickablePerson[]>([]);
  const [problem, setProblem] = createSignal("");
  let filled = false;
  createEffect(() => {
    const now = before();
    if (!now || filled) return;
    filled = true;
    setChosen(now.filter((member) => member.id !== me()?.id));
  });
  const isSame = (): boolean =>
    before() !== null &&
    chosen().length === (before()?.length ?? 0) - 1 &&
    chosen().every((user) => before()?.some((member) => member.id === user.id));
  const isEnough = (): boolean => chosen().length > 0 && !isSame();
  const start = async (): Promise<void> => {
    const answer = await engine.openDirect(chosen().map((user) => user.name));
    if (answer.ok) openAndWrite(answer.value);
    else setProblem(sentence(answer.problem));
  };
  return (
    <Dialog
      title={props.from === null ? panels.rooms.newTitle : t.shell.rooms.addPeople}
      onClose={closePanel}
      foot={
        <>
          <Button look="quiet" onClick={closePanel}>
            {t.shell.cancel}
          </Button>
          <Button look="primary" disabled={!isEnough()} onClick={() => void start()}>
            {panels.rooms.newStart}
          </Button>
        </>
      }
    >
      <div class={styles.browse}>
        <Show when={props.from !== null}>
          <p class={styles.note}>{panels.rooms.addPeopleText}</p>
        </Show>
        <PeoplePicker
          label={panels.rooms.newTo}
          hint={panels.rooms.newHint}
          problem={problem()}
          chosen={chosen()}
          onChosen={(people) => {
            setChosen(people);
            setProblem("");
          }}
          isEnough={isEnough()}
          onEnter={() => void start()}
        />
      </div>
    </Dialog>
  );
}
