/** The settings of the account: register, change the password, end sessions, export the data, delete the account. */
import { createSignal, For, type JSX, Show } from "solid-js";
import { deviceOf } from "../../api/device";
import { entry } from "../../api/entry";
import { me as api } from "../../api/me";
import type { SignedInSession } from "../../api/types";
import { clearPersonal } from "../../platform/storage";
import { engine, useMe } from "../../state";
import { sentence, t } from "../../text";
import { formatDate } from "../../text/dates";
import { panels } from "../../text/panels";
import { signOut } from "../entry/signOut";
import { Button, Field, Form, load, showRefusal, showToast } from "../parts";
import { Confirm } from "../parts/Confirm";
import { Choice } from "../parts/choices";
import { navigate } from "../places/router";
import styles from "./settings.module.css";

export function Account(): JSX.Element {
  const me = useMe();
  const guest = (): boolean => me()?.role === "guest";
  return (
    <div class={styles.page}>
      <Show when={!guest()} fallback={<Make />}>
        <Password />
        <Sessions />
      </Show>
      <section class={styles.part}>
        <h3>{panels.settings.export}</h3>
        <p class={styles.note}>{panels.settings.exportText}</p>
        <div>
          <a class={styles.link} href={api.exportUrl} download="parley-export.json">
            {panels.settings.exportDo}
          </a>
        </div>
      </section>
      <section class={styles.part}>
        <div class={styles.acts}>
          <Button icon="out" onClick={() => void signOut()}>
            {guest() ? panels.settings.signOutGuest : panels.settings.signOut}
          </Button>
          <Show when={!guest()}>
            <Delete />
          </Show>
        </div>
      </section>
    </div>
  );
}

function Make(): JSX.Element {
  const me = useMe();
  const [password, setPassword] = createSignal("");
  const [problem, setProblem] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    const answer = await entry.register(me()?.name ?? "", password());
    setBusy(false);
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (!answer.ok) return;
    showToast(t.shell.saved);
    engine.identityChanged();
  };
  return (
    <Form class={styles.part} onSubmit={make}>
      <h3>{panels.settings.guest}</h3>
      <p class={styles.note}>{panels.settings.guestText}</p>
      <input type="text" name="name" autocomplete="username" value={me()?.name ?? ""} readonly hidden />
      <Field
        label={t.shell.entry.password}
        hint={t.shell.entry.passwordHint}
        problem={problem()}
        type="password"
        dir="ltr"
        autocomplete="new-password"
        required
        value={password()}
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" look="primary" busy={busy()}>
          {panels.settings.makeAccount}
        </Button>
      </div>
    </Form>
  );
}

function Password(): JSX.Element {
  const me = useMe();
  const [old, setOld] = createSignal("");
  const [fresh, setFresh] = createSignal("");
  const [problem, setProblem] = createSignal<{ old: boolean; text: string } | null>(null);
  const [busy, setBusy] = createSignal(false);
  const change = async (): Promise<void> => {
    setBusy(true);
    const answer = await api.setPassword(old(), fresh());
    setBusy(false);
    if (!answer.ok)
      return void setProblem({
        old: answer.problem.code !== "password_invalid",
        text: answer.problem.code === "sign_in_wrong" ? panels.settings.passwordOldWrong : sentence(answer.problem),
      });
    setProblem(null);
    setOld("");
    setFresh("");
    showToast(panels.settings.passwordDone);
  };
  const at = (isOld: boolean): string | null => {
    const found = problem();
    return found?.old === isOld ? found.text : null;
  };
  return (
    <Form class={styles.part} onSubmit={change}>
      <h3>{panels.settings.password}</h3>
      <input type="text" name="name" autocomplete="username" value={me()?.name ?? ""} readonly hidden />
      <Field
        label={panels.settings.passwordOld}
        problem={at(true)}
        type="password"
        dir="ltr"
        autocomplete="current-password"
        required
        value={old()}
        onInput={(event) => setOld(event.currentTarget.value)}
      />
      <Field
        label={panels.settings.passwordNew}
        hint={panels.settings.passwordHint}
        problem={at(false)}
        type="password"
        dir="ltr"
        autocomplete="new-password"
        required
        value={fresh()}
        onInput={(event) => setFresh(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" busy={busy()}>
          {panels.settings.passwordChange}
        </Button>
      </div>
    </Form>
  );
}

function Sessions(): JSX.Element {
  const loaded = load(() => api.sessions());
  const others = (): boolean => (loaded.value() ?? []).some((session) => !session.current);
  const since = (session: SignedInSession): string =>
    panels.settings.sessionSince(formatDate("dateTime", session.made));
  const where = ({ label }: SignedInSession): string => {
    const { sessionOn, sessionBrowser, sessionUnnamed } = panels.settings;
    const device = deviceOf(label);
    return device ? sessionOn(device.program || sessionBrowser, device.system) : label || sessionUnnamed;
  };
  const end = async (session: SignedInSession): Promise<void> => {
    await showRefusal(loaded.after(api.endSession(session.id)));
  };
  return (
    <section class={styles.part}>
      <h3>{panels.settings.sessions}</h3>
      <p class={styles.note}>{panels.settings.sessionsText}</p>
      <p role="alert" class={styles.problem}>
        {loaded.problem()}
      </p>
      <ul class={styles.rows}>
        <For each={loaded.value()}>
          {(session) => (
            <li class={styles.row}>
              <div>
                <span dir="auto" title={session.label}>
                  {where(session)}
                </span>
                <Show when={session.current}>
                  <span class={styles.tag}>{panels.settings.sessionThis}</span>
                </Show>
                <p class={styles.note}>{since(session)}</p>
              </div>
              <Show when={!session.current}>
                <Button look="quiet" onClick={() => void end(session)}>
                  {panels.settings.sessionEnd}
                </Button>
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={others()}>
        <div>
          <Button onClick={() => void showRefusal(loaded.after(api.endOtherSessions()))}>
            {panels.settings.sessionsEndOthers}
          </Button>
        </div>
      </Show>
    </section>
  );
}

function Delete(): JSX.Element {
  const me = useMe();
  const [asking, setAsking] = createSignal(false);
  const [messages, setMessages] = createSignal<"keep" | "erase">("keep");
  const [typed, setTyped] = createSignal("");
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        {panels.settings.delete} …
      </Button>
      <Show when={asking()}>
        <Confirm
          title={panels.settings.deleteTitle}
          text={panels.settings.deleteText}
          doIt={panels.settings.deleteDo}
          disabled={typed().trim() !== me()?.name}
          onClose={() => setAsking(false)}
          run={async () => {
            const answer = await api.delete(messages());
            if (answer.ok) {
              await engine.forget();
              clearPersonal();
              navigate("/", { replace: true });
              engine.identityChanged();
            }
            return answer;
          }}
        >
          <Choice
            label={panels.settings.delete}
            value={messages()}
            onPick={setMessages}
            options={[
              { value: "keep", label: panels.settings.deleteKeep, hint: panels.settings.deleteKeepHint },
              { value: "erase", label: panels.settings.deleteErase, hint: panels.settings.deleteEraseHint },
            ]}
          />
          <Field
            label={panels.settings.deleteType(me()?.name ?? "")}
            value={typed()}
            onInput={(event) => setTyped(event.currentTarget.value)}
            autocapitalize="none"
            spellcheck={false}
          />
        </Confirm>
      </Show>
    </>
  );
}
