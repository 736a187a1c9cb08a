import { describe, expect, test } from "vitest";
import type { Me, Member } from "../sync/types";
import { may, mayTo } from "./permissions";

const me = (role: Me["role"] = "member"): Me => ({ id: 1, name: "bob", role, display: "", colour: "" });
const other = (role: Member["role"]): Member => ({ id: 2, name: "eve", role }) as Member;

describe("permissions", () => {
  test("follow from the role in the room", () => {
    expect(may("topic", me(), "member", "public")).toBe(true);
    expect(may("kick", me(), "member", "public")).toBe(false);
    expect(may("kick", me(), "moderator", "private")).toBe(true);
    expect(may("archive", me(), "moderator", "public")).toBe(false);
    expect(may("archive", me(), "owner", "public")).toBe(true);
  });

  test("follow from the role on the server, in joined rooms", () => {
    expect(may("archive", me("admin"), "member", "public")).toBe(true);
    expect(may("archive", me("owner"), "member", "private")).toBe(true);
    expect(may("archive", me("owner"), undefined, "public")).toBe(false);
  });

  test("do not exist in direct rooms", () => {
    for (const action of ["topic", "invite", "kick", "archive"] as const)
      expect(may(action, me("owner"), "owner", "direct")).toBe(false);
  });

  test("for webhooks need an account", () => {
    expect(may("webhooks", me("guest"), "owner", "public")).toBe(false);
    expect(may("webhooks", me(), "owner", "public")).toBe(true);
  });
});

describe("permissions on members", () => {
  test("exclude members of equal rank, and the user", () => {
    expect(mayTo("kick", me(), "moderator", "public", other("member"))).toBe(true);
    expect(mayTo("kick", me(), "moderator", "public", other("moderator"))).toBe(false);
    expect(mayTo("kick", me(), "owner", "public", other("moderator"))).toBe(true);
    expect(mayTo("kick", me("admin"), "owner", "public", { ...other("member"), id: 1 })).toBe(false);
  });
  test("let the server's owner give any role", () => {
    expect(mayTo("role", me(), "owner", "public", other("owner"))).toBe(false);
    expect(mayTo("role", me("owner"), "member", "public", other("owner"))).toBe(true);
  });
});
