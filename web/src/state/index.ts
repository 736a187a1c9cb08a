/** The engine's data as Solid signals. Arguments of the hooks may be accessors. */
import { type Accessor, batch, createMemo, createSignal, getOwner, onCleanup } from "solid-js";
import { browserEngine } from "../sync/engine/browser";
import {
  type Change,
  type Connection,
  EMPTY_WINDOW,
  type Engine,
  type Hours,
  type Invited,
  type Limits,
  type LogWindow,
  type Me,
  type Member,
  type Pending,
  type Room,
  type RoomEvent,
  type RoomId,
} from "../sync/types";
import { paced } from "./throttle";

/** The engine of this page. It does nothing before `startEngine`. */
export const engine: Engine = browserEngine();

/** Show the stored data of the last visit, and connect. Later calls make the next attempt to connect at once. */
export function startEngine(): void {
  if (!started) {
    started = true;
    engine.subscribe(heard);
  }
  engine.start();
}

/** An event that was received live, not in a page of history. */
export interface Arrival {
  room: RoomId;
  event: RoomEvent;
  mine: boolean;
  mentioned: boolean;
}

type Argument<T> = T | Accessor<T>;
type RoomArgument = Argument<RoomId | null>;

const NONE: readonly never[] = [];

export function useConnection(): Accessor<Connection> {
  return tracked("connection", () => engine.connection());
}

/** Whether there is a connection to the server. */
export function useIsOnline(): Accessor<boolean> {
  const connection = useConnection();
  return createMemo(() => connection().state === "online");
}

export function useMe(): Accessor<Me | null> {
  return tracked("me", () => engine.me());
}

/** The server's name, version and limits. */
export function useServer(): Accessor<{ name: string; limits: Limits } | null> {
  return tracked("me", () => engine.server());
}

export function useRooms(): Accessor<readonly Room[]> {
  return tracked("rooms", () => engine.rooms());
}

export function useRoom(id: RoomArgument): Accessor<Room | undefined> {
  return ofRoom("room", id, (room) => engine.room(room), undefined);
}

export function useWindow(id: RoomArgument): Accessor<LogWindow> {
  return ofRoom("log", id, (room) => engine.window(room), EMPTY_WINDOW);
}

/** The messages of a room that are not stored yet. Room 0: messages to people whose direct room is not known. */
export function useOutbox(id: RoomArgument): Accessor<readonly Pending[]> {
  return ofRoom("outbox", id, (room) => engine.outbox(room), NONE);
}

/** Refused messages of archived rooms, and of rooms that the user is no longer in. */
export function useStranded(): Accessor<readonly Pending[]> {
  const rooms = signal("rooms");
  const outbox = signal("outbox");
  return () => {
    rooms.value();
    outbox.value();
    return engine.stranded();
  };
}

/** The members of a room; null until they are loaded. Reading the accessor loads them. */
export function useMembers(id: RoomArgument): Accessor<readonly Member[] | null> {
  return ofRoom(
    "members",
    id,
    (room) => {
      want(room);
      return engine.members(room);
    },
    null,
  );
}

/** Whether it is known who is online. Without a connection that is outdated. */
export function useKnowsPresence(): Accessor<boolean> {
  const connection = useConnection();
  return () => connection().state === "online";
}

/** The names of others who are typing in a room. */
export function useTyping(id: RoomArgument): Accessor<readonly string[]> {
  return ofRoom("typing", id, (room) => engine.typing(room), NONE);
}

/** A number that changes whenever the results of `engine.status` and `engine.readers` for the room may have changed. */
export function useMarks(id: RoomArgument): Accessor<number> {
  return ofRoom("marks", id, (room) => signal(`marks ${room}`).value(), 0);
}

export function useInvitations(): Accessor<readonly Invited[]> {
  return tracked("invitations", () => engine.invitations());
}

export function useHours(): Accessor<Hours | null> {
  return tracked("hours", () => engine.hours());
}

/** Call `callback` for each live event, in one tab of the browser only. Ends when the calling component is removed, or when the
 * returned function is called. */
export function onArrived(callback: (arrival: Arrival) => void): () => void {
  arrived.add(callback);
  const end = (): void => {
    arrived.delete(callback);
  };
  if (getOwner() !== null) onCleanup(end);
  return end;
}

let started = false;
const arrived = new Set<(arrival: Arrival) => void>();

interface Version {
  value: Accessor<number>;
  bump: () => void;
}

const versions = new Map<string, Version>();
const changed = new Set<string>();

function signal(key: string): Version {
  let version = versions.get(key);
  if (version === undefined) {
    const [value, set] = createSignal(0);
    version = { value, bump: () => set((before) => before + 1) };
    versions.set(key, version);
  }
  return version;
}

function tracked<T>(key: string, read: () => T): Accessor<T> {
  const version = signal(key);
  return () => {
    version.value();
    return read();
  };
}

function ofRoom<T>(what: string, id: RoomArgument, read: (room: RoomId) => T, none: T): Accessor<T> {
  return () => {
    const room = typeof id === "function" ? id() : id;
    if (room === null) return none;
    signal(`${what} ${room}`).value();
    return read(room);
  };
}

function heard(change: Change): void {
  if (change.what === "arrived") {
    for (const callback of [...arrived]) callback(change);
    return;
  }
  // Collect changes that happen together, so that each signal is set once for them.
  if (change.what === "outbox") changed.add("outbox");
  changed.add("room" in change ? `${change.what} ${change.room}` : change.what);
  flushSoon();
}

const flushSoon = paced(() => {
  const keys = [...changed];
  changed.clear();
  batch(() => {
    for (const key of keys) versions.get(key)?.bump();
  });
});

const wanted = new Set<RoomId>();

/** Load the members of a room, in a microtask: the engine may be in the middle of a change. */
function want(room: RoomId): void {
  if (wanted.size === 0) {
    queueMicrotask(() => {
      const rooms = [...wanted];
      wanted.clear();
      for (const each of rooms) engine.wantMembers(each);
    });
  }
  wanted.add(room);
}
