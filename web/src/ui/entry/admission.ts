/** The state of the entry screen: coming in as a guest, by signing in, or with a new account. The server's demands decide which
 * fields are shown. */
import { type Accessor, createEffect, createMemo, createSignal, on } from "solid-js";
import { entry } from "../../api/entry";
import type { Prospect } from "../../api/types";
import { engine, useConnection, useMe } from "../../state";
import type { Answer, Problem } from "../../sync/types";
import { sentence, t } from "../../text";
import { codeOf } from "./invitationCode";

type Way = "guest" | "sign-in" | "account";

/** What a problem is about: a field, or the whole form. */
type Subject = "name" | "password" | "invitation" | "form";

function subjectOf(code: string): Subject {
  if (code.startsWith("name_")) return "name";
  if (["password_invalid", "sign_in_wrong", "password_needed", "account_needed"].includes(code)) return "password";
  return code.startsWith("invitation_") ? "invitation" : "form";
}

/** What is known of a user who has just come in. */
export interface Entered {
  /** Their role on the server. */
  role: string;
  /** Whether they are a new guest or have a new account, so they are in no room yet. */
  isNew: boolean;
  /** The name of the room that their invitation leads to; empty: the lobby. */
  room: string;
}

export type Admission = ReturnType<typeof createAdmission>;

interface Options {
  /** The code of the invitation link that was opened; empty if none was. */
  code: Accessor<string>;
  onEntered: (as: Entered) => void;
  focusFirstEmpty: () => void;
  /** Select the content of the field of that name. */
  select: (field: "name" | "password") => void;
}

export function createAdmission({ code: linkCode, onEntered, focusFirstEmpty, select }: Options) {
  const connection = useConnection();
  const me = useMe();
  const out = createMemo(() => {
    const now = connection();
    return now.state === "out" ? now : null;
  });
  const [way, setWay] = createSignal<Way>("guest");
  const [name, setName] = createSignal(me()?.role === "guest" ? (me()?.name ?? "") : "");
  const [password, setPassword] = createSignal("");
  const [invitation, setInvitation] = createSignal("");
  const [asksInvitation, setAsksInvitation] = createSignal(false);
  const [needsInvitation, setNeedsInvitation] = createSignal(false);
  const [problem, setProblem] = createSignal<{ subject: Subject; text: string } | null>(null);
  const [busy, setBusy] = createSignal(false);

  const [found, setFound] = createSignal<Prospect | "gone" | null>(null);
  createEffect(
    on(linkCode, async (asked) => {
      setFound(null);
      if (!asked) return;
      const answer = await entry.prospect(asked);
      if (linkCode() !== asked) return;
      if (answer.ok) setFound(answer.value);
      else if (answer.problem.code === "invitation_unknown") setFound("gone");
    }),
  );
  const isGone = (): boolean => found() === "gone";
  const prospect = (): Prospect | null => {
    const now = found();
    return now === "gone" ? null : now;
  };
  const code = (): string => (linkCode() && !isGone() ? linkCode() : codeOf(invitation()));

  const show = (shown: Problem): void => {
    setProblem({ subject: subjectOf(shown.code), text: sentence(shown) });
  };
  const needInvitation = (): void => {
    setNeedsInvitation(true);
    setAsksInvitation(true);
  };
  // Show the fields for what the server demands of everybody, which the engine has found out.
  createEffect(
    on(out, (now) => {
      if (!now) return;
      const asked = now.problem?.code;
      if (now.access === "members" || asked === "sign_in_needed" || asked === "session_unknown") setWay("sign-in");
      if (now.access === "invite" || asked === "invitation_needed") needInvitation();
      if (now.problem && !["name_needed", "sign_in_needed", "invitation_needed"].includes(now.problem.code))
        show(now.problem);
    }),
  );
  createEffect(() => {
    if (prospect()?.role) setWay("account");
  });

  const ask = (who: string, wanted: Way): Promise<Answer<{ user: { role: string } }>> => {
    if (wanted === "sign-in") return entry.signIn(who, password());
    return wanted === "account" || password() ? entry.register(who, password(), code()) : entry.guest(who, code());
  };
  const enter = async (): Promise<void> => {
    const who = name().trim();
    if (busy() || !who) return;
    setBusy(true);
    setProblem(null);
    const wanted = way();
    const isNew = wanted !== "sign-in";
    // Ask for the room of the invitation before using it: after its last use the server does not know it any more.
    let room = prospect()?.room ?? "";
    if (!room && code() && isNew) {
      const answer = await entry.prospect(code());
      if (answer.ok) room = answer.value.room;
    }
    const answer = await ask(who, wanted);
    setBusy(false);
    if (answer.ok) {
      setPassword("");
      onEntered({ role: answer.value.user.role, isNew, room });
      engine.identityChanged();
    } else refused(who, answer.problem);
  };

  const refused = (who: string, problem: Problem): void => {
    switch (problem.code) {
      case "password_needed":
        setWay("sign-in");
        setProblem({ subject: "form", text: t.shell.entry.isAccount(who) });
        break;
      case "invitation_needed":
        needInvitation();
        setProblem({ subject: "form", text: t.shell.entry.needsInvitation });
        break;
      case "account_needed":
        setWay("account");
        setProblem({ subject: "form", text: t.shell.entry.needsPassword });
        break;
      case "sign_in_needed":
        setWay("sign-in");
        show(problem);
        break;
      case "name_taken":
        setProblem({ subject: "name", text: t.shell.entry.isTaken(who) });
        select("name");
        return;
      default:
        show(problem);
        select(subjectOf(problem.code) === "name" ? "name" : "password");
        return;
    }
    focusFirstEmpty();
  };

  return {
    way,
    setWay(next: Way): void {
      setWay(next);
      setProblem(null);
      focusFirstEmpty();
    },
    name,
    setName,
    password,
    setPassword,
    invitation,
    setInvitation,
    /** `asksInvitation`: whether the field for an invitation is shown. `needsInvitation`: whether the server demands one. */
    asksInvitation,
    setAsksInvitation,
    needsInvitation,
    /** The invitation of the opened link; null while it is loaded, or without a link. */
    prospect,
    /** Whether the invitation of the opened link is no longer valid. */
    isGone,
    /** The state of the connection while nobody is signed in (`out`); else null. */
    out,
    problemOf: (subject: Subject): string | null => (problem()?.subject === subject ? (problem()?.text ?? null) : null),
    busy,
    enter,
  };
}
