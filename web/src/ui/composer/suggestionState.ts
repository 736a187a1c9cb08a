/** The suggestions at the cursor (names, rooms, emoji, commands), and the keys that select and take one. */
import { type Accessor, createEffect, createMemo, createResource, createSignal, on } from "solid-js";
import { usedEmoji } from "../../emoji/recent";
import { engine, useIsOnline, useMe, useMembers, useRooms, useWindow } from "../../state";
import type { Room } from "../../sync/types";
import { language, t } from "../../text";
import { createPages } from "../parts/pages";
import { commandsStartingWith, usage } from "./commands";
import {
  type CompletionTarget,
  completionTarget,
  MAX_SUGGESTIONS,
  type Suggestion,
  suggestPeople,
  suggestRooms,
  takenByEnter,
} from "./completion";
import { loadEmojiTable } from "./emojiModules";
import type { TextField } from "./textField";

export type Suggestions = ReturnType<typeof createSuggestions>;

interface Options {
  room: Accessor<Room>;
  field: TextField;
  hasFocus: Accessor<boolean>;
  mayModerate: Accessor<boolean>;
}

/** The beginning of a text for which the user has closed the list. It stays closed while the user continues that text. */
interface Dismissed {
  from: number;
  text: string;
}

export function createSuggestions({ room, field, hasFocus, mayModerate }: Options) {
  const id = (): number => room().id;
  const me = useMe();
  const rooms = useRooms();
  const members = useMembers(id);
  const log = useWindow(id);
  const [dismissed, dismiss] = createSignal<Dismissed | null>(null);
  const [selected, setSelected] = createSignal(0);
  /** Whether the user has selected the suggestion, by an arrow key or the pointer. The first one is selected without that. */
  let isChosen = false;
  const select = (at: number): void => {
    setSelected(at);
    isChosen = true;
  };

  const target = createMemo((): CompletionTarget | null => {
    if (!hasFocus()) return null;
    const found = completionTarget(field.text(), field.cursor());
    const down = dismissed();
    if (found === null || down === null || found.from !== down.from) return found;
    return field.text().slice(found.from, found.to).startsWith(down.text) ? null : found;
  });
  createEffect(
    on([() => target()?.from, () => target()?.typed], () => {
      setSelected(0);
      isChosen = false;
    }),
  );
  // The table is loaded when the first emoji is completed. If that fails, the next emoji tries again.
  const [emoji] = createResource(() => (target()?.is === "emoji" ? language() : null), loadEmojiTable);
  const mayMentionAll = (): boolean => {
    const { kind, calls } = room();
    return kind !== "direct" && (calls === "members" || (calls === "moderators" && mayModerate()));
  };
  // Of a large room only some members are known, so ask the server. The engine adds those that it finds to `members`.
  createPages(
    (query, next) => engine.findMembers(id(), query, next),
    createMemo(() => {
      const now = target();
      const { kind, members: count } = room();
      return now?.is === "person" && now.typed !== "" && kind !== "direct" && (members()?.length ?? count) < count
        ? now.typed
        : null;
    }),
    useIsOnline(),
  );
  const list = createMemo((): readonly Suggestion[] => {
    const now = target();
    switch (now?.is) {
      case "person": {
        const everybody = [
          { name: "room", beside: t.timeline.everybody },
          { name: "here", beside: t.timeline.everybodyHere },
        ];
        return suggestPeople(
          members() ?? [],
          log().events,
          now.typed,
          me()?.id ?? null,
          mayMentionAll() && !now.ofCommand ? everybody : [],
        );
      }
      case "room":
        return suggestRooms(rooms(), now.typed);
      case "emoji":
        return (emoji.latest?.find(now.typed, MAX_SUGGESTIONS) ?? []).map((one) => ({
          key: one.character,
          text: `${one.character} `,
          label: `${one.character}  :${one.codes[0] ?? ""}:`,
          beside: "",
          begins: one.begins,
        }));
      case "command":
        return commandsStartingWith(now.typed)
          .filter((command) => mayModerate() || command.moderates !== true)
          .map((command) => ({
            key: command.name,
            text: `/${command.name}${command.takes.length > 0 ? " " : ""}`,
            label: usage(command),
            beside: t.timeline.commands[command.name],
            begins: true,
          }));
      default:
        return [];
    }
  });

  const complete = (suggestion: Suggestion): void => {
    const now = target();
    if (now === null) return;
    if (now.is === "emoji") usedEmoji(suggestion.key);
    const { text } = field.current();
    const rest = text.slice(now.to);
    const piece = rest.startsWith(" ") ? suggestion.text.trimEnd() : suggestion.text;
    const at = now.from + piece.length + (rest.startsWith(" ") ? 1 : 0);
    field.edit({ text: text.slice(0, now.from) + piece + rest, start: at, end: at });
    dismiss({ from: now.from, text: piece.trimEnd() });
  };

  const keyDown = (event: KeyboardEvent): boolean => {
    const now = target();
    const one = list()[selected()];
    if (now === null || one === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
    const typed = field.current().text.slice(now.from, now.to);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const { length } = list();
      select((selected() + (event.key === "ArrowDown" ? 1 : -1) + length) % length);
    } else if (
      event.key === "Tab" ||
      (event.key === "Enter" && !event.shiftKey && takenByEnter(now, typed, one, isChosen))
    ) {
      complete(one);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      dismiss({ from: now.from, text: typed });
    } else return false;
    event.preventDefault();
    return true;
  };

  return {
    list,
    /** The index of the selected suggestion, which Tab takes. */
    selected,
    select,
    /** Put a suggestion into the text, in place of what was typed. */
    complete,
    /** Call when the user has typed: the list that they have closed may open again for another text. */
    typed() {
      const { text, start } = field.current();
      if (dismissed() !== null && completionTarget(text, start)?.from !== dismissed()?.from) dismiss(null);
    },
    /** Let the list open again, although the user has closed it. */
    reset: () => void dismiss(null),
    /** Handle a key. Returns whether the list has used it. */
    keyDown,
  };
}
