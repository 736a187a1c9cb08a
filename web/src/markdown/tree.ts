/**
 * What a message's text is, as a tree. docs/protocol/text.md defines the language; the same trees, as JSON, stand in
 * tests/transcripts/text/ for other clients to be tested by.
 */

/** A part of a line. A string is plain text, without line breaks. */
export type Inline = string | Styled | CodeSpan | Link | Break | Mention | RoomName;

export interface Styled {
  is: "bold" | "italic" | "strike" | "spoiler";
  of: Inline[];
}

/** Verbatim. */
export interface CodeSpan {
  is: "code";
  text: string;
}

/** `href` is as typed, and begins with `http://`, `https://` or `mailto:`. */
export interface Link {
  is: "link";
  href: string;
  of: Inline[];
}

export interface Break {
  is: "break";
}

/** `@name` of somebody known; `name` is as typed, without the `@`. */
export interface Mention {
  is: "mention";
  name: string;
}

/** `#name` of a room that is known; `name` is as typed, without the `#`. */
export interface RoomName {
  is: "room";
  name: string;
}

export type Block = Paragraph | Fence | Quote | List;

export interface Paragraph {
  is: "text";
  of: Inline[];
}

/** Fenced code; `language` is as typed, empty if none was. */
export interface Fence {
  is: "fence";
  language: string;
  text: string;
}

export interface Quote {
  is: "quote";
  of: Block[];
}

/** `start` is the first item's number; null for a list with bullets. */
export interface List {
  is: "list";
  start: number | null;
  items: Block[][];
}

export type Tree = Block[];

/** Which names are names here. Without it nothing is a mention or a room. */
export interface Known {
  /** Whether `@name` names somebody: a member, `room` or `here`. */
  person(name: string): boolean;
  /** Whether `#name` names a room that one may go to. */
  room(name: string): boolean;
}
