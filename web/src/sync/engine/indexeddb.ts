/** The store in a browser: IndexedDB. Keys begin with the user's id, so that the data of a user is one range. */
import { covers, type SeqRange } from "../seqRanges";
import { type Cached, type Identity, MemoryStore, type Store } from "../store";
import { type LogPart, putInto, rangesWith, reachOf, type StoredRanges, stepFor } from "../storedLog";
import type { Member, Pending, Room, RoomEvent, RoomId, Seq, UserId } from "../types";

/** The version of the database's schema. A change of the schema needs a higher number, and must keep the outbox. */
const VERSION = 2;
/** The most events that are stored of a room. Older ones are removed. */
const MOST_EVENTS = 20_000;
/** Milliseconds after which opening the database counts as failed: a browser with a broken profile never answers. */
const PATIENCE = 2_000;

type Table = "state" | "rooms" | "members" | "spans" | "events" | "outbox" | "drafts";

interface Queued {
  /** The position in the outbox; the database assigns it when the message is added. */
  place?: number;
  user: UserId;
  key: string;
  pending: Pending;
}

/** The store in the browser's database; in memory if it has none. */
export function openStore(name: string, factory: IDBFactory | undefined = indexedDatabases()): Store {
  return factory === undefined ? new MemoryStore() : new LateStore(() => new IndexedStore(name, factory));
}

function indexedDatabases(): IDBFactory | undefined {
  try {
    return globalThis.indexedDB;
  } catch {
    return undefined; // access is denied
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

  /** @throws Error if the browser refuses or does not answer. */
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
        answer(spans.getAll(of(user))) as Promise<StoredRanges[]>,
        answer(spans.getAllKeys(of(user))) as Promise<[UserId, RoomId][]>,
        answer(drafts.getAll(of(user))) as Promise<string[]>,
        answer(drafts.getAllKeys(of(user))) as Promise<[UserId, RoomId][]>,
      ]);
      const membersOf = byRoom(memberKeys, allMembers);
      const heldOf = byRoom(spanKeys, allSpans);
      return {
        rooms: allRooms.map((room) => ({
          room,
          held: heldOf.get(room.id) ?? { epoch: room.epoch, spans: [], end: 0 },
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

  keep(user: UserId, room: RoomId, part: LogPart): Promise<void> {
    const { epoch, span, end } = part;
    const keyOf = (seq: Seq): IDBValidKey => [user, room, epoch, seq];
    return this.#write(["spans", "events"], async ([spans, table]) => {
      const known = (await answer(spans.get([user, room]))) as StoredRanges | undefined;
      const step = stepFor(part, known);
      if (step === "skip") return;
      if (step === "renew") table.delete(IDBKeyRange.bound([user, room], [user, room, []]));
      const stored = known === undefined || step === "renew" ? { epoch, spans: [], end: 0 } : known;
      let ranges = rangesWith(part, stored);
      const surplus = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0) - MOST_EVENTS;
      // Delete only when the surplus exceeds a tenth of MOST_EVENTS, so that not every event causes a deletion.
      if (surplus > MOST_EVENTS / 10) {
        const [lowest, kept] = without(ranges, surplus);
        ranges = kept;
        table.delete(IDBKeyRange.bound(keyOf(0), keyOf(lowest - 1)));
      }
      const inSpan = answer(table.getAll(IDBKeyRange.bound(keyOf(span[0]), keyOf(span[1])))) as Promise<RoomEvent[]>;
      const reached = [...reachOf(part)].map((seq) =>
        answer(table.get(keyOf(seq)) as IDBRequest<RoomEvent | undefined>),
      );
      const held = new Map<Seq, RoomEvent>();
      for (const event of [...(await inSpan), ...(await Promise.all(reached))])
        if (event !== undefined) held.set(event.seq, event);
      for (const seq of putInto(held, part, stored.end, user)) table.put(held.get(seq), keyOf(seq));
      spans.put({ epoch, spans: ranges, end: Math.max(stored.end, end) } satisfies StoredRanges, [user, room]);
    });
  }

  read(user: UserId, room: RoomId, epoch: string, from: Seq, to: Seq): Promise<RoomEvent[] | null> {
    const range = IDBKeyRange.bound([user, room, epoch, from], [user, room, epoch, to]);
    return this.#read(["spans", "events"], async ([spans, events]) => {
      const found = answer(events.getAll(range)) as Promise<RoomEvent[]>;
      const stored = (await answer(spans.get([user, room]))) as StoredRanges | undefined;
      return stored?.epoch === epoch && covers(stored.spans, [from, to]) ? await found : null;
    });
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

  /** Change tables in one transaction. The change is durable when the promise is fulfilled. */
  async #write<const Tables extends readonly Table[]>(
    tables: Tables,
    step: (stores: Stores<Tables>) => unknown,
    durability: IDBTransactionDurability = "relaxed",
  ): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction(tables, "readwrite", { durability });
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("The browser has aborted the transaction."));
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
        reject(new Error("The browser does not open its database."));
      }, PATIENCE);
      request.onupgradeneeded = ({ oldVersion }) => makeTables(request.result, oldVersion);
      request.onsuccess = () => {
        clearTimeout(patience);
        const database = request.result;
        if (isLate) {
          // The callers got an error already. An open database would block a newer version of the page.
          database.close();
          return;
        }
        // `onversionchange`: a newer version of the page in another tab waits until this one closes the database. `onclose`: the
        // browser has closed it. In both cases `#open` opens it again when it is needed.
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

/** A store in IndexedDB. If that can not be opened in time, as in some private windows, the data is in memory. */
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
  keep = async (user: UserId, room: RoomId, part: LogPart): Promise<void> => (await this.#store).keep(user, room, part);
  read = async (user: UserId, room: RoomId, epoch: string, from: Seq, to: Seq): Promise<RoomEvent[] | null> =>
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
      await this.#indexed().forget(user); // earlier visits may have left data, and the database may work by now
    } catch {
      // The database still can not be opened, so nobody can read that data.
    }
  };
}

type Stores<Tables extends readonly Table[]> = { [Index in keyof Tables]: IDBObjectStore };

function stores<const Tables extends readonly Table[]>(transaction: IDBTransaction, tables: Tables): Stores<Tables> {
  return tables.map((table) => transaction.objectStore(table)) as Stores<Tables>;
}

function makeTables(database: IDBDatabase, oldVersion: number): void {
  if (oldVersion === 1) {
    // The logs of version 1 lack what was changed since. The server has them.
    for (const table of ["spans", "events"] satisfies Table[]) {
      database.deleteObjectStore(table);
      database.createObjectStore(table);
    }
    return;
  }
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

/** The range of all keys that begin with this user. It ends at `[user, []]`: IndexedDB sorts arrays after numbers and texts. */
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

/** Remove the `surplus` oldest seqs from ranges. Returns the lowest seq that is left, and the ranges. */
function without(spans: readonly SeqRange[], surplus: number): [Seq, readonly SeqRange[]] {
  const left: SeqRange[] = [];
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
