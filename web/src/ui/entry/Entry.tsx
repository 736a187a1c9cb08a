/**
 * The entry screen, where people come in with a name only. It asks for a password or an invitation only if the server demands
 * one. A refusal of the server is shown at the field that it is about.
 */
import { type JSX, Match, onMount, Show, Switch } from "solid-js";
import { t } from "../../text";
import { Button, Field } from "../parts";
import { type Admission, createAdmission, type Entered } from "./admission";
import styles from "./Entry.module.css";
import { Wordmark } from "./Wordmark";

interface EntryProps {
  /** The code of the invitation link that was opened; empty if none was. */
  code: string;
  onEntered: (as: Entered) => void;
}

function titleOf({ prospect, isGone, way }: Admission, code: string): string {
  const { entry } = t.shell;
  if (prospect()?.role === "owner") return entry.ownerTitle;
  if (code && !isGone()) return entry.invitedTitle;
  if (way() === "sign-in") return entry.signInTitle;
  return way() === "account" ? entry.makeAccountTitle : "";
}

/** The sentence below the title, by the way to come in and the state of the invitation. */
function leadOf({ prospect, isGone, way, out, needsInvitation, asksInvitation }: Admission, code: string): string {
  const { entry } = t.shell;
  const found = prospect();
  if (isGone()) return entry.invitationGone;
  if (found?.role === "owner") return entry.ownerLead;
  if (found?.role === "admin") return entry.adminLead;
  if (found?.room) return entry.invitedTo(found.room);
  if (code) return entry.invitedLead;
  if (way() === "account") return entry.makeAccountLead;
  if (out()?.access === "members") return entry.leadMembers;
  if (needsInvitation()) return entry.leadInvite;
  if (way() === "sign-in") return "";
  return asksInvitation() ? entry.leadInvited : entry.lead;
}

export function Entry(props: EntryProps): JSX.Element {
  let form!: HTMLFormElement;
  const focusFirstEmpty = (): void => {
    queueMicrotask(() => {
      const fields = [...form.querySelectorAll<HTMLInputElement>("input")];
      (fields.find((field) => !field.value) ?? fields[0])?.focus();
    });
  };
  const input = (name: string): HTMLInputElement | null => form.querySelector(`[name=${name}]`);
  const admission = createAdmission({
    code: () => props.code,
    onEntered: (as) => props.onEntered(as),
    focusFirstEmpty,
    select: (name) => input(name)?.select(),
  });
  const { way, name, password, invitation, asksInvitation, isGone, problemOf } = admission;
  const title = (): string => titleOf(admission, props.code);
  const lead = (): string => leadOf(admission, props.code);
  onMount(focusFirstEmpty);

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
            if (name().trim()) void admission.enter();
            else if (!admission.busy()) input("name")?.focus();
          }}
        >
          <Show when={problemOf("form")}>
            <p role="alert" class={styles.problem}>
              {problemOf("form")}
            </p>
          </Show>
          <Field
            label={t.shell.entry.name}
            name="name"
            value={name()}
            onInput={(event) => admission.setName(event.currentTarget.value)}
            problem={problemOf("name")}
            maxlength={64}
            required
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            enterkeyhint="go"
          />
          <Show when={way() !== "guest" || (props.code && !isGone())}>
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
              onInput={(event) => admission.setPassword(event.currentTarget.value)}
              problem={problemOf("password")}
              required={way() !== "guest"}
              autocomplete={way() === "sign-in" ? "current-password" : "new-password"}
              enterkeyhint="go"
            />
          </Show>
          <Show when={asksInvitation() && way() !== "sign-in" && (!props.code || isGone())}>
            <Field
              label={t.shell.entry.invitation}
              hint={t.shell.entry.invitationHint}
              name="invitation"
              dir="ltr"
              value={invitation()}
              onInput={(event) => admission.setInvitation(event.currentTarget.value)}
              problem={problemOf("invitation")}
              autocapitalize="none"
              spellcheck={false}
              enterkeyhint="go"
            />
          </Show>
          <Show when={!asksInvitation() && problemOf("invitation")}>
            <p role="alert" class={styles.problem}>
              {problemOf("invitation")}
            </p>
          </Show>
          <Button type="submit" look="primary" class={styles.enter ?? ""} busy={admission.busy()}>
            <Switch fallback={t.shell.entry.enter}>
              <Match when={way() === "sign-in"}>{t.shell.entry.signIn}</Match>
              <Match when={way() === "account"}>{t.shell.entry.makeAccount}</Match>
            </Switch>
          </Button>
        </form>
        <OtherWays admission={admission} code={props.code} onAsk={focusFirstEmpty} />
      </div>
    </main>
  );
}

/** Links to the other ways to come in: as a guest, by signing in, with a new account, with an invitation. */
function OtherWays(props: { admission: Admission; code: string; onAsk: () => void }): JSX.Element {
  const { way, setWay, out, prospect, asksInvitation, setAsksInvitation, needsInvitation, setInvitation } =
    props.admission;
  return (
    <nav class={styles.ways} aria-label={t.shell.entry.instead}>
      <Show
        when={
          (way() !== "guest" || (asksInvitation() && !needsInvitation())) &&
          out()?.access !== "members" &&
          !prospect()?.role
        }
      >
        <button
          type="button"
          onClick={() => {
            if (!needsInvitation()) {
              setAsksInvitation(false);
              setInvitation("");
            }
            setWay("guest");
          }}
        >
          {t.shell.entry.asGuest}
        </button>
      </Show>
      <Show when={way() !== "sign-in"}>
        <button type="button" onClick={() => setWay("sign-in")}>
          {t.shell.entry.signIn}
        </button>
      </Show>
      <Show when={way() !== "account"}>
        <button type="button" onClick={() => setWay("account")}>
          {t.shell.entry.makeAccount}
        </button>
      </Show>
      <Show when={!asksInvitation() && !props.code && way() !== "sign-in"}>
        <button
          type="button"
          onClick={() => {
            setAsksInvitation(true);
            props.onAsk();
          }}
        >
          {t.shell.entry.invited}
        </button>
      </Show>
    </nav>
  );
}
