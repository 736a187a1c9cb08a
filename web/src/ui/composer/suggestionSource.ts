/** What completes what is being typed. */
import { type Accessor, createEffect, createMemo, createResource, createSignal, on } from "solid-js";
import { useMe, useMembers, useRooms, useWindow } from "../../state";
import type { Room } from "../../sync/types";
import { language, t } from "../../text";
import { commandsFor, usage } from "./commands";
import { type Begun, begun, MOST, people, roomsFor, type Suggestion } from "./completion";

export interface Suggesting {
  /** What has begun at the cursor; null if nothing has, or it was turned down. */
  beginning: Accessor<Begun | null>;
  list: Accessor<readonly Suggestion[]>;
  chosen: Accessor<number>;
  choose(at: number): void;
  /** Turn down what has begun; null: nothing is turned down any more. */
  dismiss(what: Dismissed | null): void;
  dismissed: Accessor<Dismissed | null>;
}

/** What is turned down: whatever goes on from this text at this place. */
export interface Dismissed {
  from: number;
  text: string;
}

interface Typing {
  room: Accessor<Room>;
  text: Accessor<string>;
  cursor: Accessor<number>;
  hasFocus: Accessor<boolean>;
  mayModerate: Accessor<boolean>;
}

export function createSuggesting(typing: Typing): Suggesting {
  const { room, mayModerate } = typing;
  const id = (): number => room().id;
  const me = useMe();
  const rooms = useRooms();
  const members = useMembers(id);
  const log = useWindow(id);
  const [dismissed, dismiss] = createSignal<Dismissed | null>(null);
  const [chosen, choose] = createSignal(0);

  const beginning = createMemo((): Begun | null => {
    if (!typing.hasFocus()) return null;
    const found = begun(typing.text(), typing.cursor());
    const down = dismissed();
    if (found === null || down === null || found.from !== down.from) return found;
    return typing.text().slice(found.from, found.to).startsWith(down.text) ? null : found;
  });
  createEffect(on([() => beginning()?.from, () => beginning()?.typed], () => choose(0)));
  // Fetched when the first one is asked for.
  const [emoji] = createResource(
    () => (beginning()?.is === "emoji" ? language() : null),
    async (wanted) => (await import("../../emoji/table")).emojiTable(wanted),
  );
  const mayCall = (): boolean => {
    const { kind, calls } = room();
    return kind !== "direct" && (calls === "members" || (calls === "moderators" && mayModerate()));
  };
  const list = createMemo((): readonly Suggestion[] => {
    const now = beginning();
    switch (now?.is) {
      case "person": {
        const calls = [
          { name: "room", beside: t.timeline.everybody },
          { name: "here", beside: t.timeline.everybodyHere },
        ];
        return people(
          members() ?? [],
          log().events,
          now.typed,
          me()?.id ?? null,
          mayCall() && !now.ofCommand ? calls : [],
        );
      }
      case "room":
        return roomsFor(rooms(), now.typed);
      case "emoji":
        return (emoji.latest?.find(now.typed, MOST) ?? []).map((one) => ({
          key: one.character,
          text: `${one.character} `,
          label: `${one.character}  :${one.codes[0] ?? ""}:`,
          beside: "",
        }));
      case "command":
        return commandsFor(now.typed)
          .filter((command) => mayModerate() || command.moderates !== true)
          .map((command) => ({
            key: command.name,
            text: `/${command.name}${command.takes.length > 0 ? " " : ""}`,
            label: usage(command),
            beside: t.timeline.commands[command.name],
          }));
      default:
        return [];
    }
  });
  return { beginning, list, chosen, choose, dismiss, dismissed };
}
