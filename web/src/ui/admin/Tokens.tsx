/** The page of the administration with the tokens with which bots and scripts sign in. */
import { createMemo, createSignal, type JSX, Show } from "solid-js";
import { admin as api } from "../../api/admin";
import type { BotToken } from "../../api/types";
import { useMe } from "../../state";
import { sentence, t } from "../../text";
import { formatDate } from "../../text/dates";
import { panels } from "../../text/panels";
import { Button, Field, Form, load } from "../parts";
import { Confirm } from "../parts/Confirm";
import { Select } from "../parts/choices";
import { Secret } from "../parts/Secret";
import styles from "./admin.module.css";
import { Table } from "./Table";

export function Tokens(): JSX.Element {
  const me = useMe();
  const loaded = load(() => api.tokens());
  const accounts = load(() => api.users(0));
  const [user, setUser] = createSignal("");
  const [label, setLabel] = createSignal("");
  const [problem, setProblem] = createSignal("");
  const [secret, setSecret] = createSignal("");
  const [ending, setEnding] = createSignal<BotToken | null>(null);
  const owners = createMemo((): readonly (readonly [string, string])[] => [
    ["", panels.admin.tokenMe],
    ...(accounts.value()?.users ?? [])
      .filter((each) => each.role === "bot")
      .map((each) => [String(each.id), each.name] as const),
  ]);
  const made = (token: BotToken): string => formatDate("date", token.made);
  const make = async (): Promise<void> => {
    const answer = await api.makeToken(Number(user()) || (me()?.id ?? 0), label().trim());
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (!answer.ok) return;
    setSecret(answer.value.token ?? "");
    setLabel("");
    await loaded.again();
  };
  return (
    <div class={styles.page}>
      <p class={styles.note}>{panels.admin.tokenText}</p>
      <p role="alert" class={styles.problem}>
        {loaded.problem()}
      </p>
      <Show
        when={loaded.value()?.length}
        fallback={<p class={styles.note}>{loaded.value() ? panels.admin.noTokens : t.shell.loading}</p>}
      >
        <Table
          columns={[[panels.admin.user], [panels.admin.tokenLabel], [panels.admin.auditWhen, styles.minor], [""]]}
          rows={loaded.value() ?? []}
        >
          {(token) => (
            <>
              <td class={styles.name}>
                <bdi>{token.name}</bdi>
              </td>
              <td class={styles.what}>
                <bdi>{token.label || "–"}</bdi>
              </td>
              <td class={`${styles.time} ${styles.minor}`}>{made(token)}</td>
              <td class={styles.end}>
                <Button look="quiet" onClick={() => setEnding(token)}>
                  {panels.admin.revoke}
                </Button>
              </td>
            </>
          )}
        </Table>
      </Show>
      <Form class={styles.form} onSubmit={make}>
        <div class={styles.pair}>
          <Select label={panels.admin.tokenFor} value={user()} options={owners()} onPick={setUser} />
          <Field
            label={panels.admin.tokenLabel}
            maxlength={32}
            value={label()}
            problem={problem()}
            onInput={(event) => setLabel(event.currentTarget.value)}
          />
        </div>
        <div>
          <Button type="submit" icon="key">
            {panels.admin.tokenMake}
          </Button>
        </div>
        <Show when={secret()}>
          {(value) => <Secret label={panels.admin.tokens} hint={panels.admin.token} value={value()} />}
        </Show>
      </Form>
      <Show when={ending()}>
        {(now) => (
          <Confirm
            title={panels.admin.tokenRevokeTitle}
            text={panels.admin.tokenRevokeText}
            doIt={panels.admin.revoke}
            onClose={() => setEnding(null)}
            run={() => loaded.after(api.endToken(now().id))}
          />
        )}
      </Show>
    </div>
  );
}
