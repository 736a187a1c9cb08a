import { describe, expect, test } from "vitest";
import { setLanguage } from "../../text";
import { auditSentence } from "./auditSentences";

const plain = (kind: string, text = "", name = ""): string =>
  auditSentence({ kind, text, ...(name ? { about: { user: 7, name, until: 0 } } : {}) }).replace(/[\u2068\u2069]/g, "");

describe("an entry of the audit log", () => {
  test("is a sentence with person and reason", () => {
    expect(plain("banned", "spam", "eve")).toBe("banned eve: spam");
    expect(plain("banned", "", "eve")).toBe("banned eve");
    expect(plain("role", "moderator", "bob")).toBe("made bob moderator");
    expect(plain("read_only", "off")).toBe("let everybody write");
    expect(plain("deleted", "erased", "deleted user")).toBe("deleted deleted user, with all they said");
  });

  test("shows neither the JSON nor the hash that are stored", () => {
    const hash = "a".repeat(64);
    const made = plain(
      "invitation",
      JSON.stringify({ code: hash, role: "member", room: 0, uses: 1, label: "for Ann" }),
    );
    expect(made).toBe("made an invitation, which makes a member's account: for Ann");
    expect(plain("invitation_used", hash)).toBe("came in by the invitation aaaaaaaaaa");
    expect(plain("webhook", JSON.stringify({ what: "made", label: "builds", room: 3 }))).toBe("made a webhook: builds");
    expect(plain("of_tomorrow", JSON.stringify({ code: hash }))).toBe("of tomorrow");
    expect(plain("webhook", JSON.stringify({ what: "parked", label: "9", room: 0 }))).toBe(
      "stopped a webhook that failed again and again: 9",
    );
    expect(plain("webhook", "no document")).toBe("changed a webhook");
  });

  test("names roles as the page does, not as the protocol does", async () => {
    await setLanguage("de");
    expect(plain("role", "moderator", "bob")).toBe("hat bob eine Rolle gegeben: Moderator");
    expect(plain("registered", "owner")).toBe("hat ein Konto angelegt (Eigentümer)");
    expect(plain("invitation", JSON.stringify({ role: "member" }))).toBe(
      "hat eine Einladung erstellt, die ein Konto anlegt (Mitglied)",
    );
    expect(plain("role", "of tomorrow", "bob")).toBe("hat bob eine Rolle gegeben: of tomorrow");
    await setLanguage("en");
  });
});
