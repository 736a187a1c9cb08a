/** What was done, as a sentence's end: an entry of the audit log in words. */
import type { Audited } from "../../api/types";
import { t } from "../../text";

/** So much of an invitation's hash tells it from others. */
const SHORT = 10;

/** Names stand in sentences of another direction: each keeps to itself. */
const isolate = (text: string): string => `\u2068${text}\u2069`;

function fields(text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Kinds of which the text is a role, of the server or of a room. */
const OF_A_ROLE: ReadonlySet<string> = new Set(["role", "registered"]);

/** A role, from the protocol's word for it. */
function role(word: string): string {
  const { admin, people } = t.shell;
  const known: Readonly<Record<string, string>> = {
    owner: admin.roleOwner,
    admin: admin.roleAdmin,
    moderator: people.moderator,
    member: admin.roleMember,
    bot: admin.roleBot,
    guest: admin.roleGuest,
  };
  return known[word] ?? word;
}

/** Without who did it, when and where. */
export function deed(entry: Pick<Audited, "kind" | "text" | "about">): string {
  const { deeds, deedWhy } = t.shell.admin;
  const whom = entry.about ? isolate(entry.about.name || t.shell.room.unnamed(entry.about.user)) : "";
  if (entry.kind === "invitation") {
    const { label, role: makes } = fields(entry.text);
    const word = typeof makes === "string" ? makes : "";
    const made = deeds.invitation?.("", role(word), word) ?? "";
    return typeof label === "string" && label ? `${made}: ${isolate(label)}` : made;
  }
  if (entry.kind === "webhook") {
    const { what, label } = fields(entry.text);
    const done = deeds.webhook?.("", typeof what === "string" ? what : "") ?? "";
    return typeof label === "string" && label ? `${done}: ${isolate(label)}` : done;
  }
  const text = entry.kind.startsWith("invitation_")
    ? entry.text.slice(0, SHORT)
    : OF_A_ROLE.has(entry.kind)
      ? role(entry.text)
      : entry.text;
  const known = deeds[entry.kind];
  if (known) return known(whom, text && isolate(text), entry.text);
  // A newer server may have kinds that nobody here knows.
  return (
    `${entry.kind.replaceAll("_", " ")} ${whom}`.trim() + (/^[{[]/.test(text) ? "" : deedWhy(text && isolate(text)))
  );
}
