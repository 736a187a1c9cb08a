/**
 * The way in: a name and Enter. A password, an invitation or an account is asked for only where the server says that it
 * takes one; what it said stands beside the field that it is about.
 */
import { createEffect, createMemo, createSignal, type JSX, Match, on, onMount, Show, Switch } from "solid-js";
import { entry, type Prospect } from "../../api";
import { engine, useConnection, useMe } from "../../state";
import type { Answer, Problem } from "../../sync/types";
import { sentence, t } from "../../text";
import { Button, Field } from "../parts";
import styles from "./Entry.module.css";
import { codeOf } from "./invitationCode";
import { Wordmark } from "./Wordmark";

type Way = "guest" | "sign-in" | "account";
type About = "name" | "password" | "invitation" | "form";

/** Which field a problem is about. */
function about(code: string): About {
  if (code.startsWith("name_")) return "name";
  if (
    code === "password_invalid" ||
    code === "sign_in_wrong" ||
    code === "password_needed" ||
    code === "account_needed"
  )
    return "password";
  if (code.startsWith("invitation_")) return "invitation";
  return "form";
}

/**
 * As what somebody has come in: their role on the server, whether their account was made just now, and the room that their
 * invitation leads to; empty: the lobby.
 */
export interface Entered {
  role: string;
  isNew: boolean;
  room: string;
}

/**
 * @param props.code of the invitation's link that was opened; empty: none was.
 * @param props.onEntered called once there is somebody to be.
 */
export function Entry(props: { code: string; onEntered: (as: Entered) => void }): JSX.Element {
  const connection = useConnection();
  const me = useMe();
  const guest = (): string | null => (me()?.role === "guest" ? (me()?.name ?? null) : null);
  const out = createMemo(() => {
    const now = connection();
    return now.state === "out" ? now : null;
  });

  const [way, setWay] = createSignal<Way>("guest");
  const [name, setName] = createSignal(guest() ?? "");
  const [password, setPassword] = createSignal("");
  const [invitation, setInvitation] = createSignal("");
  const [asksInvitation, setAsksInvitation] = createSignal(false);
  const [needsInvitation, setNeedsInvitation] = createSignal(false);
  const [problem, setProblem] = createSignal<{ field: About; text: string } | null>(null);
  const [busy, setBusy] = createSignal(false);
  let form!: HTMLFormElement;

  const [prospect, setProspect] = createSignal<Prospect | "gone" | undefined>();
  createEffect(
    on(
      () => props.code,
      async (asked) => {
        setProspect(undefined);
        if (!asked) return;
        const answer = await entry.prospect(asked);
        if (props.code !== asked) return;
        if (answer.ok) setProspect(answer.value);
        else if (answer.problem.code === "invitation_unknown") setProspect("gone");
      },
    ),
  );
  const promised = (): Prospect | null => {
    const found = prospect();
    return found === undefined || found === "gone" ? null : found;
  };
  const gone = (): boolean => prospect() === "gone";
  const code = (): string => (props.code && !gone() ? props.code : codeOf(invitation()));

  const said = (found: Problem): void => {
    setProblem({ field: about(found.code), text: sentence(found) });
  };
  const go = (next: Way): void => {
    setWay(next);
    setProblem(null);
    focusFirstEmpty();
  };
  const needInvitation = (): void => {
    setNeedsInvitation(true);
    setAsksInvitation(true);
  };
  const focusFirstEmpty = (): void => {
    queueMicrotask(() => {
      const fields = [...form.querySelectorAll<HTMLInputElement>("input")];
      (fields.find((field) => !field.value) ?? fields[0])?.focus();
    });
  };

  onMount(focusFirstEmpty);

  // What the server asks of whoever comes.
  createEffect(
    on(out, (now) => {
      if (!now) return;
      const asked = now.problem?.code;
      if (now.access === "members" || asked === "sign_in_needed" || asked === "session_unknown") setWay("sign-in");
      if (now.access === "invite" || asked === "invitation_needed") needInvitation();
      if (now.problem && !["name_needed", "sign_in_needed", "invitation_needed"].includes(now.problem.code))
        said(now.problem);
    }),
  );
  createEffect(() => {
    const role = promised()?.role;
    if (role) setWay("account");
  });

  const enter = async (): Promise<void> => {
    if (busy()) return;
    const who = name().trim();
    if (!who) return void form.querySelector<HTMLInputElement>("[name=name]")?.focus();
    setBusy(true);
    setProblem(null);
    const wanted = way();
    // Where an invitation leads is asked before it is used: it may be used up by that.
    let room = promised()?.room ?? "";
    if (!room && code() && wanted !== "sign-in") {
      const found = await entry.prospect(code());
      if (found.ok) room = found.value.room;
    }
    let answer: Answer<{ user: { role: string } }>;
    if (wanted === "sign-in") answer = await entry.signIn(who, password());
    else if (wanted === "account" || (wanted === "guest" && password()))
      answer = await entry.register(who, password(), code());
    else answer = await entry.guest(who, code());
    setBusy(false);
    if (answer.ok) {
      setPassword("");
      props.onEntered({ role: answer.value.user.role, isNew: wanted !== "sign-in", room });
      engine.identityChanged();
      return;
    }
    const found = answer.problem;
    switch (found.code) {
      case "password_needed":
        setWay("sign-in");
        setProblem({ field: "form", text: t.shell.entry.isAccount(who) });
        break;
      case "invitation_needed":
        needInvitation();
        setProblem({ field: "form", text: t.shell.entry.needsInvitation });
        break;
      case "account_needed":
        setWay("account");
        setProblem({ field: "form", text: t.shell.entry.needsPassword });
        break;
      case "sign_in_needed":
        setWay("sign-in");
        said(found);
        break;
      case "name_taken":
        setProblem({ field: "name", text: t.shell.entry.isTaken(who) });
        form.querySelector<HTMLInputElement>("[name=name]")?.select();
        return;
      default:
        said(found);
        form
          .querySelector<HTMLInputElement>(about(found.code) === "name" ? "[name=name]" : "[name=password]")
          ?.select();
        return;
    }
    focusFirstEmpty();
  };

  const at = (field: About): string | null => {
    const found = problem();
    return found?.field === field ? found.text : null;
  };
  const title = (): string => {
    if (promised()?.role === "owner") return t.shell.entry.ownerTitle;
    if (props.code && !gone()) return t.shell.entry.invitedTitle;
    if (way() === "sign-in") return t.shell.entry.signInTitle;
    return way() === "account" ? t.shell.entry.makeAccountTitle : "";
  };
  const lead = (): string => {
    const found = promised();
    if (gone()) return t.shell.entry.invitationGone;
    if (found?.role === "owner") return t.shell.entry.ownerLead;
    if (found?.role === "admin") return t.shell.entry.adminLead;
    if (found?.room) return t.shell.entry.invitedTo(found.room);
    if (props.code) return t.shell.entry.invitedLead;
    if (way() === "account") return t.shell.entry.makeAccountLead;
    if (out()?.access === "members") return t.shell.entry.leadMembers;
    if (needsInvitation()) return t.shell.entry.leadInvite;
    if (way() === "sign-in") return "";
    return asksInvitation() ? t.shell.entry.leadInvited : t.shell.entry.lead;
  };

  return (
    <main class={styles.page}>
      <div class={styles.sheet}>
        <Wordmark />
        <div class={styles.words}>
          <h1 class={title() ? styles.title : "visually-hidden"}>{title() || t.shell.entry.title}</h1>
          <Show when={lead()}>
            <p class={styles.lead}>{lead()}</p>
          </Show>
        </div>
        <form
          ref={form}
          class={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            void enter();
          }}
        >
          <Show when={at("form")}>
            <p role="alert" class={styles.problem}>
              {at("form")}
            </p>
          </Show>
          <Field
            label={t.shell.entry.name}
            name="name"
            value={name()}
            onInput={(event) => setName(event.currentTarget.value)}
            problem={at("name")}
            maxlength={64}
            required
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            enterkeyhint="go"
          />
          <Show when={way() !== "guest" || (props.code && !gone())}>
            <Field
              label={way() === "guest" ? t.shell.entry.passwordOptional : t.shell.entry.password}
              hint={
                way() === "sign-in"
                  ? undefined
                  : way() === "account"
                    ? t.shell.entry.passwordHint
                    : t.shell.entry.guestNote
              }
              name="password"
              type="password"
              dir="ltr"
              value={password()}
              onInput={(event) => setPassword(event.currentTarget.value)}
              problem={at("password")}
              required={way() !== "guest"}
              autocomplete={way() === "sign-in" ? "current-password" : "new-password"}
              enterkeyhint="go"
            />
          </Show>
          <Show when={asksInvitation() && way() !== "sign-in" && (!props.code || gone())}>
            <Field
              label={t.shell.entry.invitation}
              hint={t.shell.entry.invitationHint}
              name="invitation"
              dir="ltr"
              value={invitation()}
              onInput={(event) => setInvitation(event.currentTarget.value)}
              problem={at("invitation")}
              autocapitalize="none"
              spellcheck={false}
              enterkeyhint="go"
            />
          </Show>
          <Show when={!asksInvitation() && at("invitation")}>
            <p role="alert" class={styles.problem}>
              {at("invitation")}
            </p>
          </Show>
          <Button type="submit" look="primary" class={styles.enter ?? ""} busy={busy()}>
            <Switch fallback={t.shell.entry.enter}>
              <Match when={way() === "sign-in"}>{t.shell.entry.signIn}</Match>
              <Match when={way() === "account"}>{t.shell.entry.makeAccount}</Match>
            </Switch>
          </Button>
        </form>
        <nav class={styles.ways} aria-label={t.shell.entry.instead}>
          <Show
            when={
              (way() !== "guest" || (asksInvitation() && !needsInvitation())) &&
              out()?.access !== "members" &&
              !promised()?.role
            }
          >
            <button
              type="button"
              onClick={() => {
                if (!needsInvitation()) {
                  setAsksInvitation(false);
                  setInvitation("");
                }
                go("guest");
              }}
            >
              {t.shell.entry.asGuest}
            </button>
          </Show>
          <Show when={way() !== "sign-in"}>
            <button type="button" onClick={() => go("sign-in")}>
              {t.shell.entry.signIn}
            </button>
          </Show>
          <Show when={way() !== "account"}>
            <button type="button" onClick={() => go("account")}>
              {t.shell.entry.makeAccount}
            </button>
          </Show>
          <Show when={!asksInvitation() && !props.code && way() !== "sign-in"}>
            <button
              type="button"
              onClick={() => {
                setAsksInvitation(true);
                focusFirstEmpty();
              }}
            >
              {t.shell.entry.invited}
            </button>
          </Show>
        </nav>
      </div>
    </main>
  );
}
