/**
 * The hashes of an event (docs/protocol/proof.md): its leaf, and the two hashes in it. `src/parley/core/proof.py` computes the
 * same bytes, which never change; the vectors in tests/transcripts/proof/ test both.
 */
import { sha256 } from "./sha256";

/** An object as parsed from JSON, with the fields that this version does not know. */
export type Json = { readonly [name: string]: unknown };

/** The event can't be hashed by this version. That is no sign of a changed history. */
export class NoLeaf extends Error {
  override name = "NoLeaf";
}

const OUTSIDE: ReadonlySet<string> = new Set("seq at user name kind target salt sum who v bot now".split(" "));
const NAMING: ReadonlySet<unknown> = new Set(["renamed", "named", "profile"]);
const LEVELS = 32;
const SALT = /^[A-Za-z0-9_-]{22}$/;
const TEXT64 = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** With the flag `u`, only surrogates without a partner match. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

const utf8 = new TextEncoder();

/** UTF-8 of a text. `TextEncoder` would replace lone surrogates, so that two texts had one hash. */
function encoded(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) throw new NoLeaf("A text contains a lone surrogate.");
  return utf8.encode(text);
}

/** Bytes that are written one after the other. */
class Writer {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Forget what was written. */
  restarted(): this {
    this.#length = 0;
    return this;
  }

  /** The bytes that were written; valid until the next call. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    this.number(value, 1);
  }

  /** A number of absolute value below 2^53, as `size` bytes, big-endian, in two's complement. */
  number(value: number, size: 1 | 2 | 4 | 8): void {
    const at = this.#grow(size);
    if (size === 1) this.#view.setUint8(at, value);
    else if (size === 2) this.#view.setUint16(at, value);
    else if (size === 8) this.#view.setInt32(at, Math.floor(value / 2 ** 32));
    if (size >= 4) this.#view.setUint32(at + size - 4, value);
  }

  bytes(value: Uint8Array): void {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
  }

  /** Make room at the end, and return where it begins. This may replace the buffer and its view. */
  #grow(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** The buffer of all functions here: allocating one for each hash would take longer than hashing. */
const buffer = new Writer();

// Deterministic CBOR (RFC 8949, section 4.2.1)

/** The major types (RFC 8949, section 3.1), shifted left by 5 bits. */
const [UNSIGNED, NEGATIVE, TEXT, LIST, MAP] = [0x00, 0x20, 0x60, 0x80, 0xa0] as const;

/** The head of an item, as short as possible (RFC 8949, section 3). */
function writeHead(to: Writer, major: number, number: number): void {
  if (number < 24) {
    to.byte(major + number);
    return;
  }
  const size = number < 2 ** 8 ? 1 : number < 2 ** 16 ? 2 : number < 2 ** 32 ? 4 : 8;
  to.byte(major + 24 + Math.log2(size));
  to.number(number, size);
}

function writeText(to: Writer, bytes: Uint8Array): void {
  writeHead(to, TEXT, bytes.length);
  to.bytes(bytes);
}

function writeItem(to: Writer, value: unknown, levels: number): void {
  if (typeof value === "string") writeText(to, encoded(value));
  else if (typeof value === "boolean") to.byte(value ? 0xf5 : 0xf4);
  else if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new NoLeaf("A number is not whole, or too large.");
    if (value < 0) writeHead(to, NEGATIVE, -1 - value);
    else writeHead(to, UNSIGNED, value);
  } else if (typeof value === "object" && value !== null) {
    if (levels === 0) throw new NoLeaf(`There are more than ${LEVELS} lists and maps inside one another.`);
    if (Array.isArray(value)) {
      writeHead(to, LIST, value.length);
      for (const each of value) writeItem(to, each, levels - 1);
    } else writeMap(to, value as Json, levels - 1);
  } else throw new NoLeaf("A value is not a text, a whole number, true, false, a list or a map.");
}

function writeMap(to: Writer, map: Json, levels: number): void {
  // `Object.entries` lists a field `__proto__` of JSON like any other.
  const entries = Object.entries(map).map(([key, value]) => [encoded(key), value] as const);
  writeHead(to, MAP, entries.length);
  for (const [key, value] of entries.sort(([one], [other]) => compared(one, other))) {
    writeText(to, key);
    writeItem(to, value, levels);
  }
}

/** The order of encoded keys: their heads have the length, so shorter ones come first. */
function compared(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) return one.length - other.length;
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return (one[at] ?? 0) - (other[at] ?? 0);
}

/**
 * The deterministic CBOR of a value as parsed from JSON.
 *
 * @throws NoLeaf if it contains null, a fraction, a number of 2^53 or more, a lone surrogate, or more than 32 levels.
 */
export function cbor(value: unknown): Uint8Array {
  const to = buffer.restarted();
  writeItem(to, value, LEVELS);
  return to.written.slice();
}

// The hashes

/**
 * `a`: the 32 bytes that commit to whom an event names.
 *
 * @throws NoLeaf if `salt` is not 22 characters of A-Z a-z 0-9 - _, or `who` can't be encoded.
 */
export function whoHash(salt: string, who: Json): Uint8Array {
  if (!SALT.test(salt)) throw new NoLeaf("The salt is not 22 characters of A-Z a-z 0-9 - _.");
  const to = buffer.restarted();
  to.byte(2);
  to.bytes(utf8.encode(salt));
  writeItem(to, who, LEVELS);
  return sha256(to.written);
}

/**
 * `c`: the 32 bytes that commit to all that an event says. `a` is the result of `whoHash`.
 *
 * @throws NoLeaf if `what` can't be encoded.
 */
export function sumHash(a: Uint8Array, what: Json): Uint8Array {
  const to = buffer.restarted();
  to.byte(3);
  to.bytes(checked(a));
  writeItem(to, what, LEVELS);
  return sha256(to.written);
}

const BEFORE_LEAF = utf8.encode("\0parley\x01");

/**
 * The 32 bytes that commit to an event in its place. `at` is in milliseconds since 1970 UTC; `target` is 0 if the event has
 * none; `c` is the result of `sumHash`.
 *
 * @throws NoLeaf if a number is out of range (only `user` may be negative), or `kind` has more than 255 bytes of UTF-8.
 */
export function leaf(
  room: number,
  seq: number,
  at: number,
  user: number,
  target: number,
  kind: string,
  c: Uint8Array,
): Uint8Array {
  const numbers = [room, seq, at, user, target];
  if (!numbers.every(Number.isSafeInteger) || Math.min(room, seq, at, target) < 0)
    throw new NoLeaf("A number of the event is missing or out of range.");
  const kindBytes = encoded(kind);
  if (kindBytes.length > 255) throw new NoLeaf("The kind is longer than 255 bytes.");
  const to = buffer.restarted();
  to.bytes(BEFORE_LEAF);
  for (const number of numbers) to.number(number, 8);
  to.byte(kindBytes.length);
  to.bytes(kindBytes);
  to.bytes(checked(c));
  return sha256(to.written);
}

function checked(hash: Uint8Array): Uint8Array {
  if (hash.length !== 32) throw new NoLeaf("A hash is not 32 bytes long.");
  return hash;
}

// An event as the server sent it

/**
 * The names of people in an event, and all its other fields that are not in `OUTSIDE`. Fields that this version does not know
 * are in `what`.
 *
 * @throws NoLeaf if `name` or `kind` is not a text, or `about` is not a map.
 */
export function parts(fields: Json): { who: Json; what: Json } {
  const who: [string, unknown][] = [["name", string(fields, "name", "")]];
  const what: [string, unknown][] = [];
  const naming = NAMING.has(string(fields, "kind", "message"));
  for (const [name, value] of Object.entries(fields)) {
    if (OUTSIDE.has(name)) continue;
    if (name === "about") {
      if (typeof value !== "object" || value === null || Array.isArray(value))
        throw new NoLeaf("`about` is not a map.");
      const { name: named, ...rest } = value as Json;
      if (named !== undefined) who.push(["about", named]);
      what.push(["about", rest]);
    } else if (name === "names" || (name === "text" && naming)) who.push([name, value]);
    else what.push([name, value]);
  }
  // Not by assignment: that would take a field `__proto__` for the prototype.
  return { who: Object.fromEntries(who), what: Object.fromEntries(what) };
}

/**
 * `a` and `c` of an event, which has one of three fields: `salt` in its full form, `who` (that is `a`) if its names are erased,
 * `sum` (that is `c`) if all that it says is erased. With `sum`, `a` is null.
 *
 * A field that `who` or `sum` stands for is not covered by the hashes, even if the event still has it: a client that shows such a
 * field needs another proof of it.
 *
 * @throws NoLeaf if this version can't hash the event, or the event has two of the three fields, with which what was erased could
 *   be guessed.
 */
export function hashes(fields: Json): { a: Uint8Array | null; c: Uint8Array } {
  if ("v" in fields) throw new NoLeaf("The event's leaf has a version that is not known here.");
  if (["salt", "who", "sum"].filter((name) => name in fields).length !== 1)
    throw new NoLeaf("An event has one of `salt`, `who` and `sum`, and this one has none or several.");
  if ("sum" in fields) return { a: null, c: fromText64(string(fields, "sum")) };
  const { who, what } = parts(fields);
  const a = "who" in fields ? fromText64(string(fields, "who")) : whoHash(string(fields, "salt"), who);
  return { a, c: sumHash(a, what) };
}

/**
 * The leaf of an event of the room `room`, in its full form or an erased one.
 *
 * @throws NoLeaf if this version can't hash the event.
 */
export function leafOf(room: number, fields: Json): Uint8Array {
  const number = (name: string): number => fields[name] as number; // `leaf` checks that it is one
  const { c } = hashes(fields);
  const target = "target" in fields ? number("target") : 0;
  return leaf(room, number("seq"), number("at"), number("user"), target, string(fields, "kind", "message"), c);
}

function string(fields: Json, name: string, missing?: string): string {
  const value = name in fields ? fields[name] : missing;
  if (typeof value !== "string") throw new NoLeaf(`\`${name}\` is not a text.`);
  return value;
}

/** A hash as 43 characters of base64url without padding (RFC 4648, section 5). */
export function text64(hash: Uint8Array): string {
  return btoa(String.fromCharCode(...checked(hash)))
    .replace(/=/g, "")
    .replace(/\+/g, "-")
    .replace(/\//g, "_");
}

/**
 * The 32 bytes that `text64` has written.
 *
 * @throws NoLeaf if `text64` writes that for no hash.
 */
export function fromText64(text: string): Uint8Array {
  if (!TEXT64.test(text)) throw new NoLeaf("A hash is not 43 characters of base64url without padding.");
  const bytes = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(bytes, (each) => each.charCodeAt(0));
}
