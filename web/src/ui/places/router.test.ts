// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  closeDrawer,
  closePanel,
  navigate,
  openDrawer,
  openPanel,
  parse,
  pathOf,
  resolve,
  route,
  startRouter,
} from "./router";

describe("an address", () => {
  test("names a room by its name or its id, and a message in it", () => {
    expect(parse("/r/lobby", "").place).toEqual({ at: "room", room: "lobby", seq: null });
    expect(parse("/r/12/345", "").place).toEqual({ at: "room", room: "12", seq: 345 });
    expect(parse("/r/caf%C3%A9", "").place).toEqual({ at: "room", room: "café", seq: null });
  });

  test("that is invalid is read as home or as the room, without an error", () => {
    expect(parse("/", "").place).toEqual({ at: "home" });
    expect(parse("/nowhere", "").place).toEqual({ at: "home" });
    expect(parse("/r/", "").place).toEqual({ at: "home" });
    expect(parse("/r/%E0%A4%A", "").place).toEqual({ at: "room", room: "%E0%A4%A", seq: null });
    for (const seq of ["0", "-1", "1e3", "x", "99999999999999999999"])
      expect(parse(`/r/lobby/${seq}`, "").place).toEqual({ at: "room", room: "lobby", seq: null });
  });

  test("may have an invitation or a panel", () => {
    expect(parse("/join/a%2Fb", "").place).toEqual({ at: "join", code: "a/b" });
    expect(parse("/r/lobby", "#settings/look").panel).toEqual(["settings", "look"]);
    expect(parse("/r/lobby", "#").panel).toBeNull();
  });

  test("made for a room is read as that room again, for any name", () => {
    const rooms = [
      { id: 1, name: "lobby", kind: "public" },
      { id: 7, name: "12", kind: "public" },
      { id: 12, name: "den", kind: "private" },
      { id: 13, name: "Café [x]", kind: "public" },
      { id: 14, name: "lobby", kind: "private" },
      { id: 15, name: "..", kind: "public" },
    ] as const;
    for (const room of rooms) {
      const { place } = parse(new URL(pathOf(room), "http://parley.test").pathname, "");
      expect(place.at === "room" && resolve(rooms, place.room)).toBe(room);
    }
    expect(pathOf(rooms[0], 9)).toBe("/r/lobby/9");
    // Of a room that was just made, only the id may be known.
    expect(pathOf({ id: 16, name: "", kind: "public" })).toBe("/r/16");
    expect(resolve(rooms, "#LOBBY")).toBe(rooms[0]);
    expect(resolve(rooms, "den")).toBeUndefined();
  });
});

describe("navigation", () => {
  let stop: () => void;
  beforeEach(() => {
    history.replaceState(null, "", "/");
    stop = startRouter();
    window.dispatchEvent(new PopStateEvent("popstate"));
  });
  afterEach(() => stop());

  test("closing a panel keeps the room", () => {
    navigate("/r/lobby");
    openPanel("settings", "look");
    expect(location.hash).toBe("#settings/look");
    expect(route().panel).toEqual(["settings", "look"]);
    closePanel();
    expect(route()).toEqual({ place: { at: "room", room: "lobby", seq: null }, panel: null, drawer: false });
  });

  test("a panel replaces another in the history", () => {
    navigate("/r/lobby");
    const before = history.length;
    openPanel("settings", "look");
    openPanel("settings", "account");
    openPanel("shortcuts");
    expect(history.length).toBe(before + 1);
  });

  test("the drawer is one entry of the history, with panels over it", () => {
    navigate("/r/lobby");
    const before = history.length;
    openDrawer();
    expect(route().drawer).toBe(true);
    expect(history.length).toBe(before + 1);
    openPanel("person", "1");
    expect(route()).toMatchObject({ panel: ["person", "1"], drawer: true });
    closePanel();
    expect(route()).toMatchObject({ panel: null, drawer: true });
    closeDrawer();
    expect(route()).toEqual({ place: { at: "room", room: "lobby", seq: null }, panel: null, drawer: false });
  });

  test("going to another room replaces the drawer's entry", () => {
    navigate("/r/lobby");
    openDrawer();
    const before = history.length;
    navigate("/r/tea");
    expect(history.length).toBe(before);
    expect(route()).toMatchObject({ place: { at: "room", room: "tea" }, drawer: false });
  });

  test("going to a room from a panel replaces the panel's entry", () => {
    navigate("/r/lobby");
    openPanel("palette");
    const before = history.length;
    navigate("/r/tea");
    expect(history.length).toBe(before);
    expect(route()).toEqual({ place: { at: "room", room: "tea", seq: null }, panel: null, drawer: false });
  });

  test("links to messages open in the page, others in the browser", () => {
    const link = document.createElement("a");
    document.body.append(link);
    const click = (href: string, more: MouseEventInit = {}): boolean => {
      link.href = href;
      const event = new MouseEvent("click", { bubbles: true, cancelable: true, ...more });
      link.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(click("/r/tea/5")).toBe(true);
    expect(route().place).toEqual({ at: "room", room: "tea", seq: 5 });
    expect(click("/api/me/export")).toBe(false);
    expect(click("/r/tea", { ctrlKey: true })).toBe(false);
  });
});
