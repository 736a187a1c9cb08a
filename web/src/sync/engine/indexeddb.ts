/**
 * The store in a browser: IndexedDB. Records are keyed by the user first, so that what is one user's is in one range and can be
 * forgotten as one.
 */
import { type Span, withSpan } from "../seqRanges";
import { type Cached, type Held, type Identity, MemoryStore, type Store } from "../store";
import type { Member, Pending, Room, RoomEvent, RoomId, Seq, UserId } from "../types";

/** With another shape of what is stored comes another number; what is there is fetched anew, but for the outbox. */
const VERSION = 1;
/** A room's log is not kept for ever: of more than so many events the older ones are let go of. */
const MOST_EVENTS = 20_000;
/** A browser that has not opened the database after so long, in milliseconds, may never do it: its profile is broken, say. */
const PATIENCE = 2_000;

type Table = "state" | "rooms" | "members" | "spans" | "events" | "outbox" | "drafts";

interface Queued {
  /** The place in the line; given when it is put in first. */
  place?: number;
  user: UserId;
  key: string;
  pending: Pending;
}

/** A store in the browser, or in memory where it has none for us. */
export function openStore(name: string, factory: IDBFactory | undefined = indexedDatabases()): Store {
  return factory === undefined ? new MemoryStore() : new LateStore(() => new IndexedStore(name, factory));
}

function indexedDatabases(): IDBFactory | undefined {
  try {
    return globalThis.indexedDB;
  } catch {
    return undefined; // to ask for it is refused
  }
}

export class IndexedStore implements Store {
  readonly lasting = true;
  readonly #name: string;
  readonly #factory: IDBFactory;
  #database: Promise<IDBDatabase> | null = null;

  constructor(name: string, factory: IDBFactory) {
    this.#name = name;
    this.#factory = factory;
  }

  /** @throws Error if the browser does not let us, or does not answer. */
  async open(): Promise<void> {
    await this.#open();
  }

  identity(): Promise<Identity | null> {
    return this.#read(
      ["state"],
      async ([state]) => ((await answer(state.get("identity"))) as Identity | undefined) ?? null,
    );
  }

  setIdentity(identity: Identity | null): Promise<void> {
    return this.#write(["state"], ([state]) => {
      if (identity === null) state.delete("identity");
      else state.put(identity, "identity");
    });
  }

  load(user: UserId): Promise<Cached> {
    return this.#read(["rooms", "members", "spans", "drafts"], async ([rooms, members, spans, drafts]) => {
      const [allRooms, allMembers, memberKeys, allSpans, spanKeys, allDrafts, draftKeys] = await Promise.all([
        answer(rooms.getAll(of(user))) as Promise<Room[]>,
        answer(members.getAll(of(user))) as Promise<Member[][]>,
        answer(members.getAllKeys(of(user))) as Promise<[UserId, RoomId][]>,
        answer(spans.getAll(of(user))) as Promise<Held[]>,
        answer(spans.getAllKeys(of(user))) as Promise<[UserId, RoomId][]>,
        answer(drafts.getAll(of(user))) as Promise<string[]>,
        answer(drafts.getAllKeys(of(user))) as Promise<[UserId, RoomId][]>,
      ]);
      const membersOf = byRoom(memberKeys, allMembers);
      const heldOf = byRoom(spanKeys, allSpans);
      return {
        rooms: allRooms.map((room) => ({
          room,
          held: heldOf.get(room.id) ?? { epoch: room.epoch, spans: [] },
          members: membersOf.get(room.id) ?? null,
        })),
        drafts: byRoom(draftKeys, allDrafts),
      };
    });
  }

  putRoom(user: UserId, room: Room): Promise<void> {
    return this.#write(["rooms"], ([rooms]) => rooms.put(room, [user, room.id]));
  }

  putMembers(user: UserId, room: RoomId, members: readonly Member[]): Promise<void> {
    return this.#write(["members"], ([table]) => table.put(members, [user, room]));
  }

  dropRoom(user: UserId, room: RoomId): Promise<void> {
    return this.#write(["rooms", "members", "spans", "events"], ([rooms, members, spans, events]) => {
      rooms.delete([user, room]);
      members.delete([user, room]);
      spans.delete([user, room]);
      events.delete(IDBKeyRange.bound([user, room], [user, room, []]));
    });
  }

  keep(user: UserId, room: RoomId, epoch: string, span: Span, events: readonly RoomEvent[]): Promise<void> {
    return this.#write(["spans", "events"], async ([spans, table]) => {
      const known = (await answer(spans.get([user, room]))) as Held | undefined;
      if (known !== undefined && known.epoch !== epoch) table.delete(IDBKeyRange.bound([user, room], [user, room, []]));
      let held = withSpan(known?.epoch === epoch ? known.spans : [], span);
      const surplus = held.reduce((sum, [first, last]) => sum + last - first + 1, 0) - MOST_EVENTS;
      // A tenth more, so that this is not done for every event.
      if (surplus > MOST_EVENTS / 10) {
        const [lowest, kept] = without(held, surplus);
        held = kept;
        table.delete(IDBKeyRange.bound([user, room, epoch], [user, room, epoch, lowest - 1]));
      }
      for (const event of events) table.put(event, [user, room, epoch, event.seq]);
      spans.put({ epoch, spans: held }, [user, room]);
    });
  }

  read(user: UserId, room: RoomId, epoch: string, from: Seq, to: Seq): Promise<RoomEvent[]> {
    const range = IDBKeyRange.bound([user, room, epoch, from], [user, room, epoch, to]);
    return this.#read(["events"], ([events]) => answer(events.getAll(range)) as Promise<RoomEvent[]>);
  }

  outbox(user: UserId): Promise<Pending[]> {
    return this.#read(["outbox"], async ([outbox]) => {
      const queued = (await answer(outbox.getAll())) as Queued[];
      return queued.filter((each) => each.user === user).map((each) => each.pending);
    });
  }

  queue(user: UserId, pending: Pending): Promise<void> {
    return this.#write(
      ["outbox"],
      async ([outbox]) => {
        const known = (await answer(outbox.index("key").get([user, pending.key]))) as Queued | undefined;
        const queued: Queued = { user, key: pending.key, pending };
        if (known?.place !== undefined) queued.place = known.place;
        outbox.put(queued);
      },
      "strict",
    );
  }

  settle(user: UserId, key: string): Promise<void> {
    return this.#write(["outbox"], async ([outbox]) => {
      const place = await answer(outbox.index("key").getKey([user, key]));
      if (place !== undefined) outbox.delete(place);
    });
  }

  setDraft(user: UserId, room: RoomId, text: string): Promise<void> {
    return this.#write(["drafts"], ([drafts]) => {
      if (text === "") drafts.delete([user, room]);
      else drafts.put(text, [user, room]);
    });
  }

  forget(user: UserId): Promise<void> {
    const tables = ["state", "rooms", "members", "spans", "events", "drafts", "outbox"] as const;
    return this.#write(tables, async ([state, rooms, members, spans, events, drafts, outbox]) => {
      for (const table of [rooms, members, spans, events, drafts]) table.delete(of(user));
      const [identity, places] = await Promise.all([
        answer(state.get("identity")) as Promise<Identity | undefined>,
        answer(outbox.index("key").getAllKeys(of(user))),
      ]);
      if (identity?.me.id === user) state.delete("identity");
      for (const place of places) outbox.delete(place);
    });
  }

  async #read<const Tables extends readonly Table[], T>(
    tables: Tables,
    step: (stores: Stores<Tables>) => Promise<T>,
  ): Promise<T> {
    const database = await this.#open();
    return step(stores(database.transaction(tables, "readonly"), tables));
  }

  /** Do something to tables as one. It is done, and durable, when the promise is fulfilled. */
  async #write<const Tables extends readonly Table[]>(
    tables: Tables,
    step: (stores: Stores<Tables>) => unknown,
    durability: IDBTransactionDurability = "relaxed",
  ): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction(tables, "readwrite", { durability });
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("The browser's store is not there."));
    });
    try {
      await step(stores(transaction, tables));
    } catch (error) {
      done.catch(() => undefined);
      throw error;
    }
    await done;
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= new Promise((resolve, reject) => {
      const request = this.#factory.open(this.#name, VERSION);
      let isLate = false;
      const patience = setTimeout(() => {
        isLate = true;
        reject(new Error("The browser does not open its store."));
      }, PATIENCE);
      request.onupgradeneeded = () => makeTables(request.result);
      request.onsuccess = () => {
        clearTimeout(patience);
        const database = request.result;
        if (isLate) {
          // Nobody uses it, and open it would be in the way of a newer version.
          database.close();
          return;
        }
        // A newer version of the page is open in another tab, or the browser has closed it: it is opened anew when needed.
        database.onversionchange = () => {
          database.close();
          this.#database = null;
        };
        database.onclose = () => {
          this.#database = null;
        };
        resolve(database);
      };
      request.onerror = () => {
        clearTimeout(patience);
        reject(request.error);
      };
    });
    return this.#database;
  }
}

/** IndexedDB if it can be opened soon, and memory if not: in a private window, say. */
class LateStore implements Store {
  lasting = false;
  readonly #store: Promise<Store>;
  readonly #indexed: () => IndexedStore;

  constructor(indexed: () => IndexedStore) {
    this.#indexed = indexed;
    const first = indexed();
    this.#store = first.open().then(
      () => {
        this.lasting = true;
        return first;
      },
      () => new MemoryStore(),
    );
  }

  identity = async (): Promise<Identity | null> => (await this.#store).identity();
  setIdentity = async (identity: Identity | null): Promise<void> => (await this.#store).setIdentity(identity);
  load = async (user: UserId): Promise<Cached> => (await this.#store).load(user);
  putRoom = async (user: UserId, room: Room): Promise<void> => (await this.#store).putRoom(user, room);
  putMembers = async (user: UserId, room: RoomId, members: readonly Member[]): Promise<void> =>
    (await this.#store).putMembers(user, room, members);
  dropRoom = async (user: UserId, room: RoomId): Promise<void> => (await this.#store).dropRoom(user, room);
  keep = async (user: UserId, room: RoomId, epoch: string, span: Span, events: readonly RoomEvent[]): Promise<void> =>
    (await this.#store).keep(user, room, epoch, span, events);
  read = async (user: UserId, room: RoomId, epoch: string, from: Seq, to: Seq): Promise<RoomEvent[]> =>
    (await this.#store).read(user, room, epoch, from, to);
  outbox = async (user: UserId): Promise<Pending[]> => (await this.#store).outbox(user);
  queue = async (user: UserId, pending: Pending): Promise<void> => (await this.#store).queue(user, pending);
  settle = async (user: UserId, key: string): Promise<void> => (await this.#store).settle(user, key);
  setDraft = async (user: UserId, room: RoomId, text: string): Promise<void> =>
    (await this.#store).setDraft(user, room, text);

  forget = async (user: UserId): Promise<void> => {
    const store = await this.#store;
    await store.forget(user);
    if (!(store instanceof MemoryStore)) return;
    try {
      await this.#indexed().forget(user); // what is there from earlier: the browser may have come round
    } catch {
      // It has not. Nobody can read it either.
    }
  };
}

type Stores<Tables extends readonly Table[]> = { [Index in keyof Tables]: IDBObjectStore };

function stores<const Tables extends readonly Table[]>(transaction: IDBTransaction, tables: Tables): Stores<Tables> {
  return tables.map((table) => transaction.objectStore(table)) as Stores<Tables>;
}

function makeTables(database: IDBDatabase): void {
  for (const table of ["state", "rooms", "members", "spans", "events", "drafts"] satisfies Table[]) {
    database.createObjectStore(table);
  }
  const outbox = database.createObjectStore("outbox" satisfies Table, { keyPath: "place", autoIncrement: true });
  outbox.createIndex("key", ["user", "key"], { unique: true });
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** All keys that begin with a user. Lists come after everything else in the order of keys. */
function of(user: UserId): IDBKeyRange {
  return IDBKeyRange.bound([user], [user, []]);
}

function byRoom<T>(keys: readonly [UserId, RoomId][], values: readonly T[]): Map<RoomId, T> {
  const found = new Map<RoomId, T>();
  keys.forEach(([, room], index) => {
    const value = values[index];
    if (value !== undefined) found.set(room, value);
  });
  return found;
}

/** Without so many of the oldest; returns the lowest seq that is left as well. */
function without(spans: readonly Span[], surplus: number): [Seq, readonly Span[]] {
  const left: Span[] = [];
  let rest = surplus;
  for (const [first, last] of spans) {
    const size = last - first + 1;
    if (rest >= size) rest -= size;
    else {
      left.push([first + rest, last]);
      rest = 0;
    }
  }
  return [left[0]?.[0] ?? 1, left];
}
