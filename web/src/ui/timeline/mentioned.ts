/**
 * Finds out whom the `@names` in a stored message mean. The server stores the ids of the people whom a message mentions. The text
 * stays as it was written, and people can be renamed: the person who is called bob now need not be the `@bob` of the message.
 */
import { type Block, type Inline, parse } from "../../markdown";
import { namesAt } from "../../markdown/names";
import { fold } from "../../sync/fold";
import { EVERYBODY, type RoomEvent, type Seq, type UserId } from "../../sync/types";

/** Whether a name is that of a broadcast mention, `@room` or `@here`. */
export const isCall = (name: string): boolean => /^(room|here)$/i.test(name);

/** The names that a user has had, in order of time, each with the seq up to which it was theirs. */
type Names = readonly { name: string; upto: Seq }[];

/**
 * The former names of users, from the loaded events of a room. Each event has its author's name at that time, and a rename is an
 * event in all rooms of the user. So the first event of a user after a message has their name at the time of the message.
 *
 * @param present returns a user's present name. Users who have had no other name are left out.
 */
export function namesOfAuthors(
  events: readonly RoomEvent[],
  present: (user: UserId) => string | undefined,
): ReadonlyMap<UserId, Names> {
  const found = new Map<UserId, { name: string; upto: Seq }[]>();
  for (const { user, name, seq } of events) {
    const names = found.get(user);
    const last = names?.at(-1);
    if (last?.name === name) last.upto = seq;
    else if (names !== undefined) names.push({ name, upto: seq });
    else found.set(user, [{ name, upto: seq }]);
  }
  for (const [user, names] of found) if (names.length === 1 && names[0]?.name === present(user)) found.delete(user);
  return found;
}

/**
 * The people whom a message mentions, by their folded names in its text. Null for a name that is a mention, but of which it is not
 * known whose name it was.
 *
 * @param present returns a user's present name; undefined if they are not in the room.
 * @param past the result of `namesOfAuthors`.
 */
export function mentionedBy(
  event: RoomEvent,
  present: (user: UserId) => string | undefined,
  past: ReadonlyMap<UserId, Names>,
): ReadonlyMap<string, UserId | null> {
  const ids = (event.mentions ?? []).filter((user) => user !== EVERYBODY);
  // `event.mentions` never has the author, so add them.
  const people = new Map<string, UserId | null>([[fold(event.name), event.user]]);
  if (ids.length === 0) return people;
  const nameThen = (user: UserId): string | undefined =>
    past.get(user)?.find((each) => each.upto >= event.seq)?.name ?? present(user);
  const names = new Map<string, UserId>();
  for (const user of ids) {
    const name = nameThen(user);
    if (name !== undefined) names.set(fold(name), user);
  }
  const unknown = new Set(ids);
  const unmatched = new Set<string>();
  for (const run of runsIn(event.text)) {
    const name = [...namesAt(run, 0)].find((each) => isCall(each) || people.has(fold(each)) || names.has(fold(each)));
    if (name === undefined) unmatched.add(fold(run.replace(/[_\-.[\]{}|^`\\]+$/, "")));
    const user = name === undefined ? undefined : names.get(fold(name));
    if (name === undefined || user === undefined) continue;
    people.set(fold(name), user);
    unknown.delete(user);
  }
  // If one name and one person are left, they belong together. With several people, it is not known whose names these are; `@here`
  // also mentions people whose names are not in the text. If more names than people are left, some are nobody's.
  const [user] = unknown;
  if (unmatched.size === 1 && unknown.size === 1) for (const name of unmatched) people.set(name, user ?? null);
  else if (unmatched.size <= unknown.size) for (const name of unmatched) people.set(name, null);
  return people;
}

/** The texts after each `@` that can begin a name, outside of code and links. */
function runsIn(text: string): string[] {
  const runs: string[] = [];
  const visit = (node: Inline | Block): void => {
    if (typeof node === "string") return;
    if (node.is === "mention") runs.push(node.name);
    else if (node.is === "list") for (const item of node.items) item.forEach(visit);
    else if ("of" in node) node.of.forEach(visit);
  };
  parse(text, { person: () => true, room: () => false }).forEach(visit);
  return runs;
}
