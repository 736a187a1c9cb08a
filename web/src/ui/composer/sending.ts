/** Sending what stands in the composer: as a message, or as a command that is carried out. */
import { createSignal } from "solid-js";
import { engine } from "../../state";
import { isVisible } from "../../sync/normalized";
import type { RoomId } from "../../sync/types";
import { navigate, pathOf } from "../places/router";
import { parseInput, runCommand } from "./commands";
import type { Draft } from "./draft";

/** Milliseconds for which the success of a command is shown: the note covers messages. */
const NOTED = 8_000;

export type Sending = ReturnType<typeof createSending>;

/** `onSent` is called when the field is emptied, `isSendable` tells whether the text has a size that can be sent. */
export function createSending(room: RoomId, draft: Draft, isSendable: () => boolean, onSent: () => void) {
  const [note, setNote] = createSignal<string | null>(null);
  const [isHelp, setHelp] = createSignal(false);
  const clear = (keepNote: string | null = null): void => {
    draft.clear();
    onSent();
    setNote(keepNote);
  };
  const send = async (): Promise<void> => {
    const { value } = draft.field.element();
    if (!isVisible(value) || !isSendable()) return;
    const input = parseInput(value.replace(/\s+$/, ""));
    setHelp(false);
    if (input.is === "problem") {
      setNote(input.sentence);
      return;
    }
    if (input.is === "text") {
      // The first line keeps its indentation: it may be code.
      engine.send(room, input.text.replace(/^\s*\n/, "").replace(/\s+$/, ""));
      clear();
      return;
    }
    setNote(null);
    const outcome = await runCommand(engine, room, input, Date.now());
    if (outcome.help === true) setHelp(true);
    setNote(outcome.sentence);
    if (outcome.done && outcome.sentence !== null)
      setTimeout(() => note() === outcome.sentence && setNote(null), NOTED);
    if (outcome.done && draft.field.element().value === value) clear(outcome.sentence);
    const next = outcome.room === undefined ? undefined : engine.room(outcome.room);
    if (next !== undefined) navigate(pathOf(next));
    else if (input.name === "leave" && outcome.done) navigate("/");
  };
  return {
    /** A sentence below the field; null for none. */
    note,
    setNote,
    /** Whether the list of commands is shown. */
    isHelp,
    /** Hide note and help. Returns whether there was any. */
    dismiss(): boolean {
      const wasShown = note() !== null || isHelp();
      setNote(null);
      setHelp(false);
      return wasShown;
    },
    send,
  };
}
