/**
 * The syntax tree of a message's text. docs/protocol/text.md defines the language; tests/transcripts/text/ has the same trees as
 * JSON, for tests of other clients.
 */

/** Part of a line. A string is plain text without line breaks. */
export type Inline = string | Styled | CodeSpan | Link | Break | Mention | RoomName;

export interface Styled {
  is: "bold" | "italic" | "strike" | "spoiler";
  of: Inline[];
}

/** Code within a line; its text has no markup. */
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

/** `@name` of a known person; `name` is as typed, without the `@`. */
export interface Mention {
  is: "mention";
  name: string;
}

/** `#name` of a known room; `name` is as typed, without the `#`. */
export interface RoomName {
  is: "room";
  name: string;
}

export type Block = Paragraph | Fence | Quote | List;

export interface Paragraph {
  is: "text";
  of: Inline[];
}

/** Fenced code; `language` is as typed, empty if there is none. */
export interface Fence {
  is: "fence";
  language: string;
  text: string;
}

export interface Quote {
  is: "quote";
  of: Block[];
}

/** `start` is the number of the first item; null for a list with bullets. */
export interface List {
  is: "list";
  start: number | null;
  items: Block[][];
}

export type Tree = Block[];

/** Which names are known in the room. Other names stay text. */
export interface Known {
  /** Whether `@name` is a mention: the name of a member, or `room` or `here`. */
  person(name: string): boolean;
  /** Whether `#name` is a room that the reader can go to. */
  room(name: string): boolean;
}
