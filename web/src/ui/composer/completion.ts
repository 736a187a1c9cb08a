/** Completion: finds the text before the cursor that can be completed (`@name`, `#room`, `:emoji`, `/command`), and suggestions. */
import { isAtName } from "../../markdown/spaceless";
import { fold } from "../../sync/fold";
import { searchable } from "../../sync/searchable";
import type { Member, Room, RoomEvent, UserId } from "../../sync/types";
import { findCommand } from "./commands";

export interface CompletionTarget {
  is: "person" | "room" | "emoji" | "command";
  /** The text after the mark. */
  typed: string;
  /** The indexes of the mark, and of the end of the text to replace. */
  from: number;
  to: number;
  /** Whether it is the argument of a command, with or without a mark. */
  ofCommand?: boolean;
}

const MARKS: Readonly<Record<string, CompletionTarget["is"]>> = { "@": "person", "#": "room", ":": "emoji" };

/** What to complete before the cursor; null if there is nothing. */
export function completionTarget(text: string, cursor: number): CompletionTarget | null {
  const command = /^\/([A-Za-z]*)$/.exec(text.slice(0, cursor));
  if (command !== null && cursor <= text.length) return { is: "command", typed: command[1] ?? "", from: 0, to: cursor };
  const whom = /^\/([A-Za-z]+)[ \t]+([@#]?)([\p{L}\p{N}\p{M}_\-.[\]{}|^`\\]+)$/u.exec(text.slice(0, cursor));
  if (whom !== null) {
    const [, word = "", mark = "", typed = ""] = whom;
    const is = findCommand(word)?.completes;
    if (is !== undefined) return { is, typed, from: cursor - typed.length - mark.length, to: cursor, ofCommand: true };
  }
  // 66 code units are enough: a name has at most 32 characters.
  const near = text.slice(Math.max(0, cursor - 66), cursor);
  const match = /([@#:])([\p{L}\p{N}\p{M}_\-.[\]{}|^`\\+]*)$/u.exec(near);
  if (match === null) return null;
  const is = MARKS[match[1] ?? ""];
  const typed = match[2] ?? "";
  if (is === undefined || !mayBegin(near, match.index, is)) return null;
  // Suggest no emoji for `:)` or for a colon with a single letter.
  if (is === "emoji" && typed.length < 2) return null;
  return { is, typed, from: cursor - typed.length - 1, to: cursor };
}

/** Whether a completion can begin at `at`: not within a word or an address, but after `(`, and after `，` and `你好`. */
function mayBegin(text: string, at: number, is: CompletionTarget["is"]): boolean {
  const before = text.slice(0, at);
  if (/(^|[\s([{"'*_~|>])$/.test(before)) return true;
  return is !== "emoji" && !/[\0-\x7f]$/.test(before) && isAtName(text, at);
}

/** The emoji code that ends at the cursor, e.g. `smile` for `:smile:`; null if there is none, or if the cursor is in code. */
export function spelledEmoji(text: string, cursor: number): string | null {
  const line = text.slice(text.lastIndexOf("\n", cursor - 1) + 1, cursor);
  if ((line.split("`").length - 1) % 2 === 1) return null;
  return /(?:^|[\s([{"'*_~|>]):([a-z0-9_+-]{2,40}):$/.exec(line)?.[1] ?? null;
}

export interface Suggestion {
  key: string;
  /** The text to insert, with its mark. */
  text: string;
  /** The text that the list shows, and a second text beside it. */
  label: string;
  beside: string;
  /** Whether its name begins with what was typed. If not, Enter takes it only after the user has selected it. */
  begins: boolean;
  user?: UserId;
  colour?: string;
}

/**
 * Whether Enter takes the suggestion; if not, Enter sends the text. Enter takes a suggestion that the user has selected
 * (`isChosen`). Otherwise it sends if the suggestion does not begin with what was typed (`:DD`, `#1`), if it was typed completely,
 * and after `/join`, where the text can be the name of a new room.
 */
export function takenByEnter(target: CompletionTarget, typed: string, one: Suggestion, isChosen: boolean): boolean {
  if (unmarked(one.text.trim()) === unmarked(typed)) return false;
  if (isChosen) return true;
  return one.begins && !(target.is === "room" && target.ofCommand === true);
}

/** A name in the form in which it is compared, without `@` or `#`, which need not be typed in the argument of a command. */
const unmarked = (text: string): string => fold(text.replace(/^[@#]/, ""));

/** How many suggestions are shown. */
export const MAX_SUGGESTIONS = 8;

/** Members whose names begin with `typed`, those who wrote last first; then members whose names contain it. */
export function suggestPeople(
  members: readonly Member[],
  events: readonly RoomEvent[],
  typed: string,
  me: UserId | null,
  calls: readonly { name: string; beside: string }[],
): Suggestion[] {
  const wanted = searchable(typed);
  const spoke = new Map<UserId, number>();
  for (let at = events.length - 1, rank = 1; at >= 0 && rank < 200; at -= 1) {
    const event = events[at];
    if (event !== undefined && event.kind === "message" && !spoke.has(event.user)) spoke.set(event.user, rank++);
  }
  const ranked: { member: Member; rank: number; begins: boolean }[] = [];
  for (const member of members) {
    if (member.id === me) continue;
    const name = searchable(member.name);
    const display = searchable(member.display);
    const begins = name.startsWith(wanted) || display.startsWith(wanted) || display.includes(` ${wanted}`);
    if (!begins && !name.includes(wanted)) continue;
    ranked.push({ member, begins, rank: (begins ? 0 : 1000) + (spoke.get(member.id) ?? (member.online ? 300 : 400)) });
  }
  ranked.sort((a, b) => a.rank - b.rank || a.member.name.localeCompare(b.member.name));
  const found = ranked.slice(0, MAX_SUGGESTIONS).map(
    ({ member, begins }): Suggestion => ({
      key: `u${member.id}`,
      text: `@${member.name} `,
      label: member.name,
      beside: member.display === member.name ? "" : member.display,
      begins,
      user: member.id,
      colour: member.colour,
    }),
  );
  const all = calls
    .filter((call) => call.name.startsWith(wanted))
    .map(
      (call): Suggestion => ({
        key: call.name,
        text: `@${call.name} `,
        label: `@${call.name}`,
        beside: call.beside,
        begins: true,
      }),
    );
  return [...found, ...all].slice(0, MAX_SUGGESTIONS);
}

/** Public rooms whose names begin with `typed`, then those whose names contain it. */
export function suggestRooms(
  rooms: readonly Pick<Room, "id" | "name" | "kind" | "topic" | "archived">[],
  typed: string,
): Suggestion[] {
  const wanted = searchable(typed);
  const places = rooms
    .filter((room) => room.kind === "public")
    .map((room) => ({ room, at: searchable(room.name).indexOf(wanted) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => Math.min(a.at, 1) - Math.min(b.at, 1) || a.room.name.localeCompare(b.room.name));
  return places.slice(0, MAX_SUGGESTIONS).map(({ room, at }) => ({
    key: `r${room.id}`,
    text: `#${room.name} `,
    label: `#${room.name}`,
    beside: room.topic,
    begins: at === 0,
  }));
}
