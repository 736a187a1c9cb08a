import { describe, expect, it } from "vitest";
import { EVERYBODY, type RoomEvent, type UserId } from "../../sync/types";
import { mentionedBy, namesOfAuthors } from "./mentioned";

const ANN = 1;
const BOB = 2;
const ZOE = 3;
const STRANGER = 9;

const event = (seq: number, user: UserId, name: string, text = "", mentions: number[] = []): RoomEvent => ({
  seq,
  at: 0,
  user,
  name,
  kind: text ? "message" : "renamed",
  text,
  ...(mentions.length > 0 ? { mentions } : {}),
});

/** The people whom the names in `message` mean. `now`: the present names of the members; `others`: the other loaded events. */
function meant(message: RoomEvent, now: Record<UserId, string>, ...others: RoomEvent[]): Record<string, UserId | null> {
  const present = (user: UserId): string | undefined => now[user];
  const past = namesOfAuthors([message, ...others], present);
  const { ann: _, ...rest } = Object.fromEntries(mentionedBy(message, present, past));
  return rest;
}

describe("the @names in a stored message", () => {
  it("mean the people whom the server found", () => {
    const message = event(5, ANN, "ann", "hi @BOB and @nobody", [BOB]);
    expect(meant(message, { [ANN]: "ann", [BOB]: "bob" })).toEqual({ bob: BOB });
  });

  it("mean nobody if the server found nobody", () => {
    expect(meant(event(5, ANN, "ann", "hi @bob"), { [ANN]: "ann", [STRANGER]: "bob" })).toEqual({});
  });

  it("mean the same people after these were renamed", () => {
    const message = event(5, ANN, "ann", "hi @bob", [BOB]);
    expect(meant(message, { [ANN]: "ann", [BOB]: "rob" }, event(8, BOB, "bob"))).toEqual({ bob: BOB });
  });

  it("never mean a person who has taken the name later", () => {
    const message = event(5, ANN, "ann", "hi @bob", [BOB]);
    const now = { [ANN]: "ann", [BOB]: "rob", [STRANGER]: "bob" };
    expect(meant(message, now, event(8, BOB, "bob"))).toEqual({ bob: BOB });
    expect(meant(message, now)).toEqual({ bob: BOB }); // the event of the rename is not loaded
    expect(meant(message, { [ANN]: "ann", [STRANGER]: "bob" })).toEqual({ bob: BOB }); // BOB has left the room
  });

  it("mean the right people after two people have swapped their names", () => {
    const message = event(5, ANN, "ann", "@bob @zoe", [BOB, ZOE]);
    const renames = [event(6, BOB, "bob"), event(7, ZOE, "zoe"), event(8, BOB, "tmp")];
    expect(meant(message, { [ANN]: "ann", [BOB]: "zoe", [ZOE]: "bob" }, ...renames)).toEqual({ bob: BOB, zoe: ZOE });
  });

  it("mean who had the name when the message was written, and not before or after", () => {
    const message = event(5, ANN, "ann", "@rob", [BOB]);
    const renames = [event(2, BOB, "bob"), event(6, BOB, "rob"), event(7, BOB, "bob2")];
    expect(meant(message, { [ANN]: "ann", [BOB]: "bob" }, ...renames)).toEqual({ rob: BOB });
  });

  it("are mentions of null if it is not known which name is whose", () => {
    const message = event(5, ANN, "ann", "@bob @zoe", [BOB, ZOE]);
    expect(meant(message, { [ANN]: "ann", [BOB]: "rob", [ZOE]: "eve" })).toEqual({ bob: null, zoe: null });
  });

  it("are no mentions if some of them mean nobody, and it is not known which", () => {
    const message = event(5, ANN, "ann", "@bob @nobody @nowhere", [BOB]);
    expect(meant(message, { [ANN]: "ann", [BOB]: "rob" })).toEqual({});
    expect(meant(message, { [ANN]: "ann", [BOB]: "rob" }, event(8, BOB, "bob"))).toEqual({ bob: BOB });
  });

  it("mean the same people in a message to everybody", () => {
    const now = { [ANN]: "ann", [BOB]: "rob", [STRANGER]: "bob" };
    const message = event(5, ANN, "ann", "@room @bob", [EVERYBODY, BOB]);
    expect(meant(message, now, event(8, BOB, "bob"))).toEqual({ bob: BOB });
    expect(meant(event(5, ANN, "ann", "@room @bob", [EVERYBODY]), now)).toEqual({});
  });

  it("end where the person's name ended when the message was written", () => {
    const message = event(5, ANN, "ann", "(@bob.) @zoe你好 `@eve`", [BOB, ZOE]);
    expect(meant(message, { [ANN]: "ann", [BOB]: "rob", [ZOE]: "zoe", [STRANGER]: "bob." })).toEqual({
      bob: BOB,
      zoe: ZOE,
    });
  });
});
