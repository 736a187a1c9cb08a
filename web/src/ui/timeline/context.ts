/** The data that all rows of a timeline share. */
import { type Accessor, createContext, useContext } from "solid-js";
import type { Millis, Seq } from "../../sync/types";
import type { Navigation } from "./navigation";
import type { OpenPerson, RoomNames } from "./roomNames";
import type { TimelineState } from "./timelineState";

export interface TimelineContext extends RoomNames, TimelineState, Navigation {
  roomName: Accessor<string>;
  /** Whether the row of this key is under the pointer or has the focus. */
  isHot: (key: string) => boolean;
  /** Whether a link led to this message a moment ago. */
  isLinked: (seq: Seq) => boolean;
  now: Accessor<Millis>;
  /** Quote a text in the composer; `author` is mentioned there, null: nobody. */
  quote: (text: string, author: string | null) => void;
  /** Seqs of events whose folded rows were unfolded: they stay unfolded when rows are made anew. */
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
