/** The data and functions that all rows of a timeline share. */
import { type Accessor, createContext, useContext } from "solid-js";
import type { Millis, Seq } from "../../sync/types";
import type { Navigation } from "./navigation";
import type { OpenPerson, RoomNames } from "./roomNames";
import type { TimelineState } from "./timelineState";

export interface TimelineContext extends RoomNames, TimelineState, Navigation {
  roomName: Accessor<string>;
  /** Whether the row of this key is under the pointer or has the focus. */
  isHot: (key: string) => boolean;
  /** Whether the user has just followed a link to this message: then it is highlighted. */
  isLinked: (seq: Seq) => boolean;
  now: Accessor<Millis>;
  /** Quote a text in the composer, and mention `author` there; null: mention nobody. */
  quote: (text: string, author: string | null) => void;
  /** Seqs of the events in folds that the user has opened. Such a fold stays open when its row is created anew. */
  unfolded: Set<Seq>;
  /** The address of a message. */
  link: (seq: Seq) => string;
  showReaders: (seq: Seq, anchor: HTMLElement) => void;
  openPerson: OpenPerson;
}

export const Context = createContext<TimelineContext>();

export function useTimeline(): TimelineContext {
  const context = useContext(Context);
  if (context === undefined) throw new Error("There is no timeline around this row.");
  return context;
}
