/** The vectors in tests/transcripts/proof/, which tests/core/test_proof.py reads as well, and properties. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cbor, fromText64, hashes, type Json, leaf, leafOf, NoLeaf, parts, sumHash, text64, whoHash } from "./leaf";
import { sha256 } from "./sha256";

interface EventVector {
  why: string;
  room: number;
  event: Json;
  who?: string;
  what?: string;
  a: string | null;
  c: string;
  leaf: string;
}

const folder = new URL("../../../../tests/transcripts/proof/", import.meta.url);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Long texts are written as `{"repeat": [text, times]}`. */
function expanded(this: unknown, _: string, value: unknown): unknown {
  const repeat = (value as { repeat?: [string, number] } | null)?.repeat;
  return Array.isArray(repeat) ? repeat[0].repeat(repeat[1]) : value;
}

const read = <T>(name: string): T[] => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"), expanded);

for (const name of ["room", "kinds", "fields", "erased"]) {
  describe(`tests/transcripts/proof/${name}.json`, () => {
    it.each(read<EventVector>(name))("$why", ({ room, event, who, what, ...expected }) => {
      const { a, c } = hashes(event);
      expect(a && hex(a)).toBe(expected.a);
      expect(hex(c)).toBe(expected.c);
      expect(hex(leafOf(room, event))).toBe(expected.leaf);
      const divided = parts(event);
      if (who !== undefined) expect(hex(cbor(divided.who))).toBe(who);
      if (what !== undefined) expect(hex(cbor(divided.what))).toBe(what);
    });
  });
}

describe("tests/transcripts/proof/cbor.json", () => {
  it.each(read<{ why: string; value: unknown; cbor: string }>("cbor"))("$why", ({ value, cbor: expected }) => {
    expect(hex(cbor(value))).toBe(expected);
  });
});

describe("tests/transcripts/proof/refused.json", () => {
  it.each(read<{ why: string; of: "value" | "event"; json: string }>("refused"))("$why", ({ of, json }) => {
    const value = JSON.parse(json);
    expect(() => (of === "value" ? cbor(value) : leafOf(1, value))).toThrow(NoLeaf);
  });
});

it("computes SHA-256 as Node does, of every length up to three blocks and of a part of a buffer", () => {
  const all = Uint8Array.from({ length: 300 }, (_, index) => (index * 7) % 256);
  for (let length = 0; length <= 192; length += 1) {
    const data = all.subarray(5, 5 + length);
    expect(hex(sha256(data))).toBe(createHash("sha256").update(data).digest("hex"));
  }
});

it("computes SHA-256 of any bytes as Node does", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (data) => {
      expect(hex(sha256(data))).toBe(createHash("sha256").update(data).digest("hex"));
    }),
    { numRuns: 50 },
  );
});

it("reads a hash that it has written as text", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (hash) => {
      expect(text64(hash)).toBe(Buffer.from(hash).toString("base64url"));
      expect(fromText64(text64(hash))).toEqual(hash);
    }),
  );
});

it("encodes a map with its entries in the order of the bytes of their keys", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.maxSafeInteger(), { maxKeys: 12 }), (map) => {
      const entries = Object.entries(map).map(([key, value]) => Buffer.concat([cbor(key), cbor(value)]));
      expect(hex(cbor(map)).slice(2)).toBe(hex(Buffer.concat(entries.sort(Buffer.compare))));
    }),
    { numRuns: 30 },
  );
});

it("throws NoLeaf for a hash of another size", () => {
  for (const size of [0, 31, 33])
    for (const use of [(h: Uint8Array) => leaf(1, 1, 1, 1, 0, "joined", h), (h: Uint8Array) => sumHash(h, {}), text64])
      expect(() => use(new Uint8Array(size))).toThrow(NoLeaf);
});

it("makes the hashes of an event from its parts, and leaves the event as it was", () => {
  const event = {
    seq: 1,
    at: 2,
    user: 3,
    name: "bob",
    kind: "kicked",
    about: { user: 9, name: "eve" },
    salt: "A".repeat(22),
  };
  const before = JSON.stringify(event);
  const { who, what } = parts(event);
  const a = whoHash(event.salt, who);
  expect(hashes(event)).toEqual({ a, c: sumHash(a, what) });
  expect({ who, what }).toEqual({ who: { name: "bob", about: "eve" }, what: { about: { user: 9 } } });
  expect(JSON.stringify(event)).toBe(before);
});
