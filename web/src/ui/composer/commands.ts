/** The commands that begin with a slash. */
import type { Answer, Engine, Millis, Moderation, RoomId } from "../../sync/types";
import { sentence, t } from "../../text";

export type ArgumentName = keyof typeof t.timeline.words;
export type CommandName = keyof typeof t.timeline.commands;

export interface Command {
  name: CommandName;
  /** The names of its arguments; those of optional ones end with `?`. */
  takes: readonly (ArgumentName | `${ArgumentName}?`)[];
  /** Whether only moderators can use it: it is not suggested to others. */
  moderates?: boolean;
  /** What its first argument is completed with. */
  completes?: "person" | "room";
}

export const COMMANDS: readonly Command[] = [
  { name: "me", takes: ["text"] },
  { name: "join", takes: ["room"], completes: "room" },
  { name: "leave", takes: [] },
  { name: "topic", takes: ["topic?"] },
  { name: "nick", takes: ["name"] },
  { name: "msg", takes: ["name", "text"], completes: "person" },
  { name: "invite", takes: ["name"] },
  { name: "kick", takes: ["name", "why?"], moderates: true, completes: "person" },
  { name: "ban", takes: ["name", "time?", "why?"], moderates: true, completes: "person" },
  { name: "unban", takes: ["name"], moderates: true },
  { name: "mute", takes: ["name", "time?", "why?"], moderates: true, completes: "person" },
  { name: "unmute", takes: ["name"], moderates: true, completes: "person" },
  { name: "help", takes: [] },
];

const ALIASES: Readonly<Record<string, CommandName>> = { part: "leave", tell: "msg", query: "msg", "?": "help" };

/** E.g. `/ban name [time] [why]`. */
export function usage(command: Command): string {
  const words = command.takes.map((word) => {
    const known = t.timeline.words[word.replace("?", "") as ArgumentName];
    return word.endsWith("?") ? `[${known}]` : known;
  });
  return [`/${command.name}`, ...words].join(" ");
}

/** The commands whose names begin with `begun`. */
export function commandsStartingWith(begun: string): readonly Command[] {
  return COMMANDS.filter((command) => command.name.startsWith(begun.toLowerCase()));
}

/** The command of this name or alias. */
export function findCommand(word: string): Command | undefined {
  const name = ALIASES[word.toLowerCase()] ?? word.toLowerCase();
  return COMMANDS.find((command) => command.name === name);
}

export type ParsedInput =
  /** A message. Spaces before a slash at its beginning were removed: they keep the text from being a command. */
  | { is: "text"; text: string }
  | { is: "command"; name: CommandName; rest: string }
  | { is: "problem"; sentence: string };

/** Parse what was typed. A text that begins with a slash and is no command is a problem: a mistyped command must not be sent. */
export function parseInput(text: string): ParsedInput {
  if (/^ +\//.test(text)) return { is: "text", text: text.trimStart() };
  const match = /^\/([A-Za-z?]*)(?:[ \t\n]+|$)([\s\S]*)$/.exec(text);
  if (match === null) {
    const first = /^\/\S*/.exec(text)?.[0];
    return first === undefined ? { is: "text", text } : { is: "problem", sentence: t.timeline.unknownCommand(first) };
  }
  const word = match[1] ?? "";
  const name = findCommand(word)?.name;
  if (name === undefined) return { is: "problem", sentence: t.timeline.unknownCommand(`/${word}`) };
  return { is: "command", name, rest: (match[2] ?? "").trim() };
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The milliseconds of a duration such as `10m`, `2h` or `7d`; null if the word is not a duration. */
export function durationOf(word: string): Millis | null {
  const match = /^(\d{1,6})([smhdw])$/.exec(word);
  return match === null ? null : Number(match[1]) * (UNITS[match[2] ?? ""] ?? 0);
}

export interface CommandOutcome {
  /** A sentence to show; null for none. */
  sentence: string | null;
  done: boolean;
  /** A room to open. */
  room?: RoomId;
  help?: boolean;
}

/** Carry out a command. If it fails, the text stays in the composer. `now`: milliseconds since 1970 UTC. */
export async function runCommand(
  engine: Engine,
  room: RoomId,
  reading: Extract<ParsedInput, { is: "command" }>,
  now: Millis,
): Promise<CommandOutcome> {
  const command = COMMANDS.find((one) => one.name === reading.name);
  const likeThis: CommandOutcome = {
    done: false,
    sentence: command === undefined ? null : t.timeline.usage(usage(command)),
  };
  const rest = reading.rest;
  const { first, more } = split(rest);
  const name = first.replace(/^@/, "");
  const outcome = (answer: Answer<unknown>, room?: RoomId): CommandOutcome => {
    if (!answer.ok) return { done: false, sentence: sentence(answer.problem) };
    return { done: true, sentence: null, ...(room === undefined ? {} : { room }) };
  };
  const moderate = async (what: Moderation): Promise<CommandOutcome> =>
    name === "" ? likeThis : outcome(await engine.moderate(room, { ...what, whom: name }));
  switch (reading.name) {
    case "me":
      if (rest === "") return likeThis;
      engine.send(room, rest, "action");
      return { done: true, sentence: null };
    case "join": {
      if (first === "" || more !== "") return likeThis;
      const answer = await engine.join(first.replace(/^#/, ""));
      return answer.ok ? outcome(answer, answer.value) : outcome(answer);
    }
    case "leave":
      return outcome(await engine.leave(room));
    case "topic":
      return outcome(await engine.setTopic(room, rest));
    case "nick":
      return first === "" || more !== "" ? likeThis : outcome(await engine.rename(first));
    case "msg": {
      if (name === "" || more === "") return likeThis;
      const answer = await engine.openDirect([name]);
      if (answer.ok) engine.send(answer.value, more);
      else if (answer.problem.code !== "offline") return outcome(answer);
      // Without a connection, queue the message. If nobody has that name, the server refuses it later, and it is shown as refused.
      else engine.sendDirect(name, more);
      return { done: true, sentence: answer.ok ? t.timeline.told(name) : t.timeline.toldLater(name) };
    }
    case "invite":
      return moderate({ action: "invite" });
    case "kick":
      return moderate({ action: "kick", ...(more === "" ? {} : { why: more }) });
    case "ban":
    case "mute": {
      const { first: time, more: why } = split(more);
      const lasts = durationOf(time);
      // Otherwise a mistyped duration would become the reason of a ban without end.
      if (lasts === null && /^\d+\p{L}*$/u.test(time)) return { done: false, sentence: t.timeline.noTime(time) };
      const reason = lasts === null ? more : why;
      return moderate({
        action: reading.name,
        ...(lasts === null ? {} : { until: now + lasts }),
        ...(reason === "" ? {} : { why: reason }),
      });
    }
    case "unban":
      return moderate({ action: "ban", undo: true });
    case "unmute":
      return moderate({ action: "mute", undo: true });
    case "help":
      return { done: true, sentence: null, help: true };
  }
}

function split(text: string): { first: string; more: string } {
  const match = /^(\S*)\s*([\s\S]*)$/.exec(text);
  return { first: match?.[1] ?? "", more: match?.[2] ?? "" };
}
