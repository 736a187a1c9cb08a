/** What every row of a timeline needs to know. */
import { type Accessor, createContext, useContext } from "solid-js";
import type { RoomId, Seq, UserId } from "../../sync/types";
import type { OpenPerson, RoomNames } from "./roomNames";

export interface TimelineContext extends RoomNames {
  room: Accessor<RoomId>;
  roomName: Accessor<string>;
  direct: Accessor<boolean>;
  /** Whether this user sees the room's log from its first event on. */
  fromStart: Accessor<boolean>;
  me: Accessor<UserId | null>;
  /** Whether the row of this key is the one under the pointer or with the focus. */
  isHot(key: string): boolean;
  /** Whether this event was gone to by a link, a moment ago. */
  isPointedAt(seq: Seq): boolean;
  now: Accessor<number>;
  goToDay(date: Date): void;
  older(): void;
  newer(): void;
  /** Quote a text in the composer, and name its author there; null: nobody. */
  quote(text: string, author: string | null): void;
  /** The events whose folded rows were opened: they stay so when rows are made anew. */
  unfolded: Set<Seq>;
  link(seq: Seq): string;
  showReaders(seq: Seq, anchor: HTMLElement): void;
  openPerson: OpenPerson;
}

export const Context = createContext<TimelineContext>();

export function useTimeline(): TimelineContext {
  const context = useContext(Context);
  if (context === undefined) throw new Error("a row stands in a timeline");
  return context;
}
