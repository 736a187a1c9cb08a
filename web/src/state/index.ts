/**
 * The engine for components: each `use...` returns an accessor whose value is the engine's, and which is tracked. Arguments may
 * be accessors themselves.
 */
import { type Accessor, batch, createSignal, getOwner, onCleanup } from "solid-js";
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

/** The one engine of this page. Nothing happens before `startEngine`. */
export const engine: Engine = browserEngine();

/** Connect, with what is cached shown meanwhile; or try again now. */
export function startEngine(): void {
  if (!started) {
    started = true;
    engine.subscribe(heard);
  }
  engine.start();
}

/** What `onArrived` is told of. */
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

/** The messages of a room that are not stored yet. Of room 0: those that make their direct room. */
export function useOutbox(id: RoomArgument): Accessor<readonly Pending[]> {
  return ofRoom("outbox", id, (room) => engine.outbox(room), NONE);
}

/** What was refused, and has no room any more to be shown in. */
export function useStranded(): Accessor<readonly Pending[]> {
  const rooms = signal("rooms");
  const outbox = signal("outbox");
  return () => {
    rooms.value();
    outbox.value();
    return engine.stranded();
  };
}

/** The members of a room, null as long as they are not known; asking for them makes the engine ask. */
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

/** Whether it is known who is there: what was known is old while there is no connection. */
export function useKnowsPresence(): Accessor<boolean> {
  const connection = useConnection();
  return () => connection().state === "online";
}

/** Who is typing in a room, but oneself. */
export function useTyping(id: RoomArgument): Accessor<readonly string[]> {
  return ofRoom("typing", id, (room) => engine.typing(room), NONE);
}

/** A number that changes whenever what `engine.status` and `engine.readers` say of the room's messages may have changed. */
export function useMarks(id: RoomArgument): Accessor<number> {
  return ofRoom("marks", id, (room) => signal(`marks ${room}`).value(), 0);
}

export function useInvitations(): Accessor<readonly Invited[]> {
  return tracked("invitations", () => engine.invitations());
}

export function useHours(): Accessor<Hours | null> {
  return tracked("hours", () => engine.hours());
}

/** Call back for every event that comes live, in one of the browser's tabs only. Ends with its owner, or by what it returns. */
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
  // What happens together is shown together.
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

/** Tell the engine, once it is through with what it does, whose members are looked at. */
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
