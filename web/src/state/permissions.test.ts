import { describe, expect, test } from "vitest";
import type { Me, Member } from "../sync/types";
import { may, mayTo } from "./permissions";

const me = (role: Me["role"] = "member"): Me => ({ id: 1, name: "bob", role, display: "", colour: "" });
const other = (role: Member["role"]): Member => ({ id: 2, name: "eve", role }) as Member;

describe("who may do what", () => {
  test("follows from the role in the room", () => {
    expect(may("topic", me(), "member", "public")).toBe(true);
    expect(may("kick", me(), "member", "public")).toBe(false);
    expect(may("kick", me(), "moderator", "private")).toBe(true);
    expect(may("archive", me(), "moderator", "public")).toBe(false);
    expect(may("archive", me(), "owner", "public")).toBe(true);
  });

  test("or from running the server, in rooms one is in", () => {
    expect(may("archive", me("admin"), "member", "public")).toBe(true);
    expect(may("archive", me("owner"), "member", "private")).toBe(true);
    expect(may("archive", me("owner"), undefined, "public")).toBe(false);
  });

  test("in a direct conversation nobody is in charge", () => {
    for (const action of ["topic", "invite", "kick", "archive"] as const)
      expect(may(action, me("owner"), "owner", "direct")).toBe(false);
  });

  test("webhooks take an account", () => {
    expect(may("webhooks", me("guest"), "owner", "public")).toBe(false);
    expect(may("webhooks", me(), "owner", "public")).toBe(true);
  });
});

describe("to whom", () => {
  test("not to those who have as much say, and not to oneself", () => {
    expect(mayTo("kick", me(), "moderator", "public", other("member"))).toBe(true);
    expect(mayTo("kick", me(), "moderator", "public", other("moderator"))).toBe(false);
    expect(mayTo("kick", me(), "owner", "public", other("moderator"))).toBe(true);
    expect(mayTo("kick", me("admin"), "owner", "public", { ...other("member"), id: 1 })).toBe(false);
  });
  test("but the server's owner gives any role", () => {
    expect(mayTo("role", me(), "owner", "public", other("owner"))).toBe(false);
    expect(mayTo("role", me("owner"), "member", "public", other("owner"))).toBe(true);
  });
});
