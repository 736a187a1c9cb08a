// The transcripts in tests/transcripts: those of the server are read frame by frame; those of clients are played, as by the Python
// client library (tests/clients/test_transcripts.py).
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decode } from "../frames";
import type { Pending, RoomId } from "../types";
import { Session } from "./session";

const HERE = new URL("../../../../tests/transcripts/", import.meta.url);
/** Frames that each client sends in its own way. */
const BESIDES = ["history", "members", "got", "read"];

type Frame = { readonly [name: string]: unknown };

function sessions(folder: string): [string, unknown[]][] {
  return readdirSync(new URL(folder, HERE))
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => {
      const lines = readFileSync(new URL(folder + name, HERE), "utf-8")
        .trim()
        .split("\n");
      return [name, lines.map((line): unknown => JSON.parse(line))];
    });
}

describe("frames of the server's transcripts can be read", () => {
  test.each(sessions("web/"))("%s", (_, steps) => {
    for (const step of steps) {
      if (!Array.isArray(step) || step[1] !== "gets") continue;
      for (const frame of [step[2]].flat() as Frame[]) {
        const read = decode(JSON.stringify(plain(frame)));
        expect(read?.t, JSON.stringify(frame)).toBe(frame["t"]);
      }
    }
  });
});

/** A frame of a transcript, with numbers in place of its wildcards. */
function plain(value: unknown, name = ""): unknown {
  if (typeof value === "string" && value.startsWith("$")) {
    return ["at", "retry_after", "until", "seq", "after", "tip", "members"].includes(name) ? 1 : value;
  }
  if (Array.isArray(value)) return value.map((each) => plain(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, key)]));
}

class Player {
  readonly session = new Session({ random: () => 0.5, wall: () => 0, credentials: { token: "a token" } });
  now = 0;
  readonly shown = new Map<RoomId, number[]>();
  #sent: Frame[] = [];
  #hungUp = false;
  #keys = 0;
  readonly #known = new Map<string, unknown>();

  constructor() {
    this.session.load(null, null, [], 0);
    this.perform();
  }

  perform(): void {
    for (let effects = this.session.effects(); effects.length > 0; effects = this.session.effects()) {
      for (const effect of effects) {
        if (effect.do === "transmit") this.#sent.push({ ...effect.frame });
        else if (effect.do === "hangup") this.#hungUp = true;
        else if (effect.do === "post" && effect.wanted) this.session.granted(this.now);
        else if (effect.do === "keep") {
          const shown = this.shown.get(effect.room) ?? [];
          this.shown.set(effect.room, [...shown, ...effect.part.events.map((event) => event.seq)]);
        }
      }
    }
  }

  play(step: readonly unknown[]): void {
    const [who, what, argument] = step as [string, unknown, Frame];
    switch (`${who} ${typeof what === "string" && who !== "note" ? what : ""}`.trim()) {
      case "note":
        break;
      case "connection opens":
        expect(this.session.connectAt).toBeLessThanOrEqual(this.now);
        this.#hungUp = false;
        this.session.connecting();
        this.session.connected(this.now);
        break;
      case "connection stays closed":
        expect(this.session.connectAt).toBeGreaterThan(this.now);
        break;
      case "connection breaks":
        this.#sent = [];
        if (!this.#hungUp) this.session.lost(this.now);
        break;
      case "waits":
        this.now += what as number;
        this.session.tick(this.now);
        break;
      case "user does": {
        const room = this.#room(argument["room"]);
        const key = `key${++this.#keys}`;
        const pending: Pending = { key, room, text: String(argument["say"]), kind: "message", at: 0, state: "queued" };
        this.session.queued(pending, this.now);
        break;
      }
      case "client gets":
        this.session.receive(
          typeof argument === "string" ? argument : JSON.stringify(this.#filled(argument)),
          this.now,
        );
        break;
      case "client sends": {
        const frame = this.nextSent();
        expect(frame, JSON.stringify(argument)).toBeDefined();
        for (const [name, value] of Object.entries(argument)) {
          if (typeof value === "string" && value.startsWith("$") && !this.#known.has(value)) {
            this.#known.set(value, frame?.[name]);
          }
        }
        expect(frame).toEqual(this.#filled(argument));
        break;
      }
      case "client sends nothing":
        expect(this.nextSent()).toBeUndefined();
        break;
      case "client shows":
        expect(this.shown.get(this.#room(argument["room"]))).toEqual(argument["seqs"]);
        break;
      case "client hangs up":
        expect(this.#hungUp).toBe(true);
        break;
      default:
        throw new Error(`there is no such step: ${JSON.stringify(step)}`);
    }
    this.perform();
  }

  nextSent(): Frame | undefined {
    for (let frame = this.#sent.shift(); frame !== undefined; frame = this.#sent.shift()) {
      if (!BESIDES.includes(String(frame["t"]))) return frame;
    }
    return undefined;
  }

  #room(name: unknown): RoomId {
    return this.session.rooms.find((room) => room.name === name)?.id ?? 0;
  }

  #filled(frame: Frame): Frame {
    return Object.fromEntries(
      Object.entries(frame).map(([name, value]) => [
        name,
        typeof value === "string" ? (this.#known.get(value) ?? value) : value,
      ]),
    );
  }
}

describe("transcripts of clients", () => {
  test.each(sessions("web-client/"))("%s", (_, steps) => {
    const player = new Player();
    for (const step of steps.slice(1)) player.play(step as unknown[]);
    expect(player.nextSent()).toBeUndefined();
  });
});
