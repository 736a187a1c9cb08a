/** Sends the text of the composer as a message, or runs it as a command. */
import { createSignal } from "solid-js";
import { engine } from "../../state";
import { isVisible } from "../../sync/normalized";
import type { RoomId } from "../../sync/types";
import { navigate, pathOf } from "../places/router";
import { parseInput, runCommand } from "./commands";
import type { Draft } from "./draft";
import { intent, setIntent } from "./intent";

/** Milliseconds after which the note about a command that has succeeded is hidden, as it covers messages. */
const NOTED = 8_000;

export type Sending = ReturnType<typeof createSending>;

/** `onSent` is called when the field was emptied. `isSendable` returns whether the text is short enough to be sent. */
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
    const now = intent();
    const whole = value.replace(/^\s*\n/, "").replace(/\s+$/, "");
    if (now !== null && now.is !== "reply") {
      if (now.is === "rewrite") engine.rewrite(now.key, whole);
      else if (whole !== now.text) engine.change(room, now.seq, "edit", whole);
      setIntent(null);
      onSent();
      return;
    }
    const input = parseInput(value.replace(/\s+$/, ""));
    setHelp(false);
    if (input.is === "problem") {
      setNote(input.sentence);
      return;
    }
    if (input.is === "text") {
      // Remove empty lines at the beginning, but not the indentation of the first line, which may be code.
      const text = input.text.replace(/^\s*\n/, "").replace(/\s+$/, "");
      engine.send(room, text, "message", now === null ? {} : { reply: now.seq });
      setIntent(null);
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
    /** A sentence about the last command, or why nothing was sent; null for none. */
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
