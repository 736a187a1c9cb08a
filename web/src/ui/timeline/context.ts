/** The data and functions that all rows of a timeline share. */
import { type Accessor, createContext, useContext } from "solid-js";
import type { Millis, RoomEvent, Seq } from "../../sync/types";
import type { Navigation } from "./navigation";
import type { OpenPerson, RoomNames } from "./roomNames";
import type { TimelineState } from "./timelineState";

/** What a row with a message needs: in the timeline, and in the panel of a thread. */
export interface MessageContext extends RoomNames, Pick<TimelineState, "room" | "about" | "me" | "isDirect"> {
  /** The thread whose messages these are; null for the room. */
  thread: Seq | null;
  /** Whether the row of this key is under the pointer or has the focus. */
  isHot: (key: string) => boolean;
  /** Whether the user has just followed a link to this message: then it is highlighted. */
  isLinked: (seq: Seq) => boolean;
  /** A message of the room; null: it can't be seen; undefined: it is not loaded. */
  held: (seq: Seq) => RoomEvent | null | undefined;
  mayModerate: () => boolean;
  toMessage: (seq: Seq) => void;
  /** Quote a text in the composer, and mention `author` there; null: mention nobody. */
  quote: (text: string, author: string | null) => void;
  edit: (event: RoomEvent) => void;
  reply: (event: RoomEvent, name: string) => void;
  /** Choose an emoji to react with. */
  react: (event: RoomEvent, anchor: HTMLElement) => void;
  /** The address of a message. */
  link: (seq: Seq) => string;
  showReaders: (seq: Seq, anchor: HTMLElement) => void;
  openPerson: OpenPerson;
}

export interface TimelineContext extends MessageContext, TimelineState, Navigation {
  roomName: Accessor<string>;
  now: Accessor<Millis>;
  /** Seqs of the events in folds that the user has opened. Such a fold stays open when its row is created anew. */
  unfolded: Set<Seq>;
}

export const Context = createContext<TimelineContext>();
export const Messages = createContext<MessageContext>();

export function useMessages(): MessageContext {
  const context = useContext(Messages);
  if (context === undefined) throw new Error("There is no list of messages around this row.");
  return context;
}

export function useTimeline(): TimelineContext {
  const context = useContext(Context);
  if (context === undefined) throw new Error("There is no timeline around this row.");
  return context;
}
