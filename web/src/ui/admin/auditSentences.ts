/** Entries of the audit log as sentences. The actor, who is the subject of the sentence, has a column of their own. */
import type { Audited } from "../../api/types";
import { t } from "../../text";
import { panels } from "../../text/panels";

/** How many characters of an invitation's hash are shown. */
const SHORT = 10;

/** Isolate a name, so that its text direction does not affect the sentence (U+2068, U+2069). */
const isolate = (text: string): string => `\u2068${text}\u2069`;

function fields(text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Kinds of events whose text is a role. */
const OF_A_ROLE: ReadonlySet<string> = new Set(["role", "registered"]);

/** The page's word for a role of the protocol. */
function role(word: string): string {
  const { admin } = panels;
  const { people } = t.shell;
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

/** The sentence for an entry, without its actor, time and room. */
export function auditSentence(entry: Pick<Audited, "kind" | "text" | "about">): string {
  const { auditSentences, auditReason } = panels.admin;
  const whom = entry.about ? isolate(entry.about.name || panels.room.unnamed(entry.about.user)) : "";
  if (entry.kind === "invitation") {
    const { label, role: makes } = fields(entry.text);
    const word = typeof makes === "string" ? makes : "";
    const made = auditSentences.invitation?.("", role(word), word) ?? "";
    return typeof label === "string" && label ? `${made}: ${isolate(label)}` : made;
  }
  if (entry.kind === "webhook") {
    const { what, label } = fields(entry.text);
    const done = auditSentences.webhook?.("", typeof what === "string" ? what : "") ?? "";
    return typeof label === "string" && label ? `${done}: ${isolate(label)}` : done;
  }
  const text = entry.kind.startsWith("invitation_")
    ? entry.text.slice(0, SHORT)
    : OF_A_ROLE.has(entry.kind)
      ? role(entry.text)
      : entry.text;
  const known = auditSentences[entry.kind];
  if (known) return known(whom, text && isolate(text), entry.text);
  // A newer server can have kinds of events that this page does not know: show the name of the kind.
  return (
    `${entry.kind.replaceAll("_", " ")} ${whom}`.trim() + (/^[{[]/.test(text) ? "" : auditReason(text && isolate(text)))
  );
}
