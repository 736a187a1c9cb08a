/** The page of the administration with the users of the server. */

import { createMemo, createSignal, type JSX, Match, onMount, Show, Switch } from "solid-js";
import { admin as api } from "../../api/admin";
import type { Account } from "../../api/types";
import { useMe } from "../../state";
import { searchable } from "../../sync/searchable";
import type { Answer } from "../../sync/types";
import { locale, sentence, t } from "../../text";
import { panels } from "../../text/panels";
import { Avatar, Button, Dialog, Field, Form, IconButton, Menu, type MenuItem, showRefusal, showToast } from "../parts";
import { Confirm } from "../parts/Confirm";
import { Choice, Select } from "../parts/choices";
import { Secret } from "../parts/Secret";
import styles from "./admin.module.css";
import { Table } from "./Table";

type Doing = { what: "disable" | "delete" | "password"; account: Account };
type MadeRole = "member" | "admin" | "owner" | "bot";

export function Users(): JSX.Element {
  const me = useMe();
  const [list, setList] = createSignal<readonly Account[]>([]);
  const [more, setMore] = createSignal(false);
  const [loaded, setLoaded] = createSignal(false);
  const [problem, setProblem] = createSignal("");
  const [search, setSearch] = createSignal("");
  const [doing, setDoing] = createSignal<Doing | null>(null);
  const [making, setMaking] = createSignal(false);

  const page = async (): Promise<void> => {
    const answer = await api.users(list().at(-1)?.id ?? 0);
    setLoaded(true);
    if (!answer.ok) return void setProblem(sentence(answer.problem));
    setList([...list(), ...answer.value.users]);
    setMore(answer.value.more);
  };
  onMount(() => void page());
  const again = async (): Promise<void> => {
    setList([]);
    await page();
  };
  const found = createMemo(() => {
    const wanted = searchable(search().trim());
    return list().filter((each) => !wanted || searchable(`${each.name} ${each.profile.display}`).includes(wanted));
  });
  const replace = (changed: Account): void => {
    setList(list().map((each) => (each.id === changed.id ? changed : each)));
  };
  const change = async (account: Account, changes: Parameters<typeof api.change>[1]): Promise<Answer> => {
    const answer = await api.change(account.id, changes);
    if (!answer.ok) return answer;
    replace(answer.value);
    return { ok: true, value: undefined };
  };
  const at = (account: Account): readonly MenuItem[] => {
    const { admin } = panels;
    const items: MenuItem[] = [];
    const role = (to: "member" | "admin" | "owner", label: string): MenuItem => ({
      label,
      checked: account.role === to,
      run: () => void showRefusal(change(account, { role: to })),
    });
    if (account.role !== "guest" && account.role !== "bot" && me()?.role === "owner")
      items.push(role("member", admin.roleMember), role("admin", admin.roleAdmin), role("owner", admin.roleOwner));
    if (account.role !== "guest" && account.role !== "bot")
      items.push({
        label: `${admin.reset} …`,
        icon: "key",
        apart: true,
        run: () => setDoing({ what: "password", account }),
      });
    if (account.id !== me()?.id) {
      items.push(
        account.disabled
          ? { label: admin.enable, icon: "check", run: () => void showRefusal(change(account, { disabled: false })) }
          : { label: `${admin.disable} …`, icon: "lock", run: () => setDoing({ what: "disable", account }) },
      );
      items.push({
        label: `${admin.delete} …`,
        icon: "close",
        danger: true,
        run: () => setDoing({ what: "delete", account }),
      });
    }
    return items;
  };
  return (
    <div class={styles.page}>
      <div class={styles.head}>
        <Field
          bare
          type="search"
          label={panels.admin.search}
          placeholder={panels.admin.search}
          value={search()}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <Button icon="plus" onClick={() => setMaking(true)}>
          {panels.admin.make}
        </Button>
      </div>
      <p role="alert" class={styles.problem}>
        {problem()}
      </p>
      <Show when={loaded()} fallback={<p class={styles.note}>{t.shell.loading}</p>}>
        <AccountTable accounts={found()} items={at} />
        <Show when={more()}>
          <div>
            <Button onClick={() => void page()}>{panels.admin.moreUsers}</Button>
          </div>
        </Show>
      </Show>
      <Show when={making()}>
        <MakeAccount
          onClose={() => setMaking(false)}
          onMade={() => {
            void again();
          }}
        />
      </Show>
      <Show when={doing()}>
        {(now) => (
          <Switch>
            <Match when={now().what === "disable"}>
              <Confirm
                title={panels.admin.disableTitle(now().account.name)}
                text={panels.admin.disableText}
                doIt={panels.admin.disable}
                onClose={() => setDoing(null)}
                run={() => change(now().account, { disabled: true })}
              />
            </Match>
            <Match when={now().what === "delete"}>
              <DeleteAccount account={now().account} onClose={() => setDoing(null)} onDone={() => void again()} />
            </Match>
            <Match when={now().what === "password"}>
              <ResetPassword account={now().account} onClose={() => setDoing(null)} />
            </Match>
          </Switch>
        )}
      </Show>
    </div>
  );
}

function AccountTable(props: {
  accounts: readonly Account[];
  items: (account: Account) => readonly MenuItem[];
}): JSX.Element {
  return (
    <Table
      columns={[
        [panels.admin.user],
        [panels.admin.role],
        [t.shell.rooms.title, `${styles.minor} ${styles.number}`],
        [panels.admin.state],
        [""],
      ]}
      rows={props.accounts}
    >
      {(account) => (
        <>
          <td>
            <div class={styles.user}>
              <Avatar
                user={account.id}
                name={account.profile.display || account.name}
                colour={account.profile.colour}
                online={account.online}
              />
              <div>
                <strong dir="auto">{account.name}</strong>
                <Show when={account.profile.display}>
                  <small dir="auto">{account.profile.display}</small>
                </Show>
              </div>
            </div>
          </td>
          <td>{roleName(account.role)}</td>
          <td class={`${styles.minor} ${styles.number}`}>{account.rooms.toLocaleString(locale())}</td>
          <td>
            <Show when={account.disabled} fallback={account.online ? panels.admin.online : panels.admin.away}>
              <span class={styles.off}>{panels.admin.disabled}</span>
            </Show>
          </td>
          <td class={styles.end}>
            <Show when={props.items(account).length > 0}>
              <Menu
                label={panels.admin.actions(account.name)}
                items={props.items(account)}
                button={(given) => <IconButton icon="menu" label={panels.admin.actions(account.name)} {...given} />}
              />
            </Show>
          </td>
        </>
      )}
    </Table>
  );
}

function roleName(role: string): string {
  const { admin } = panels;
  return (
    {
      owner: admin.roleOwner,
      admin: admin.roleAdmin,
      member: admin.roleMember,
      bot: admin.roleBot,
      guest: admin.roleGuest,
    }[role] ?? role
  );
}

function DeleteAccount(props: { account: Account; onClose: () => void; onDone: () => void }): JSX.Element {
  const [messages, setMessages] = createSignal<"keep" | "erase">("keep");
  return (
    <Confirm
      title={panels.admin.deleteTitle(props.account.name)}
      text={panels.settings.deleteText}
      doIt={panels.settings.deleteDo}
      onClose={() => props.onClose()}
      run={async () => {
        const answer = await api.delete(props.account.id, messages());
        if (answer.ok) props.onDone();
        return answer;
      }}
    >
      <Choice
        label={panels.admin.deleteMessages}
        value={messages()}
        onPick={setMessages}
        options={[
          { value: "keep", label: panels.admin.deleteKeep, hint: panels.settings.deleteKeepHint },
          { value: "erase", label: panels.admin.deleteErase, hint: panels.settings.deleteEraseHint },
        ]}
      />
    </Confirm>
  );
}

function ResetPassword(props: { account: Account; onClose: () => void }): JSX.Element {
  const [fresh, setFresh] = createSignal("");
  return (
    <Confirm
      danger={false}
      title={panels.admin.resetTitle(props.account.name)}
      text={panels.admin.resetText}
      doIt={panels.admin.resetDo}
      disabled={!fresh()}
      onClose={() => props.onClose()}
      run={async () => {
        const answer = await api.setPassword(props.account.id, fresh());
        if (answer.ok) showToast(t.shell.saved);
        return answer;
      }}
    >
      <Field
        label={panels.settings.passwordNew}
        hint={t.shell.entry.passwordHint}
        type="text"
        dir="ltr"
        autocomplete="off"
        value={fresh()}
        onInput={(event) => setFresh(event.currentTarget.value)}
        data-autofocus=""
      />
    </Confirm>
  );
}

function MakeAccount(props: { onClose: () => void; onMade: () => void }): JSX.Element {
  const me = useMe();
  const [name, setName] = createSignal("");
  const [role, setRole] = createSignal<MadeRole>("member");
  const [password, setPassword] = createSignal("");
  const [problem, setProblem] = createSignal("");
  const [token, setToken] = createSignal("");
  const make = async (): Promise<void> => {
    const answer = await api.make(name().trim(), role(), password());
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (!answer.ok) return;
    props.onMade();
    showToast(panels.admin.made(answer.value.user.name));
    if (answer.value.token) setToken(answer.value.token);
    else props.onClose();
  };
  const roles = (): readonly (readonly [MadeRole, string])[] => [
    ["member", panels.admin.roleMember],
    ...(me()?.role === "owner"
      ? ([
          ["admin", panels.admin.roleAdmin],
          ["owner", panels.admin.roleOwner],
        ] as const)
      : []),
    ["bot", panels.admin.roleBot],
  ];
  return (
    <Dialog
      title={panels.admin.make}
      onClose={() => props.onClose()}
      foot={
        <Show when={!token()} fallback={<Button onClick={() => props.onClose()}>{t.shell.close}</Button>}>
          <Button look="quiet" onClick={() => props.onClose()}>
            {t.shell.cancel}
          </Button>
          <Button look="primary" onClick={() => void make()}>
            {panels.admin.make}
          </Button>
        </Show>
      }
    >
      <Show when={!token()} fallback={<Secret label={name()} hint={panels.admin.token} value={token()} />}>
        <Form class={styles.form} onSubmit={make}>
          <Field
            label={panels.admin.makeName}
            problem={problem()}
            value={name()}
            maxlength={64}
            onInput={(event) => setName(event.currentTarget.value)}
            autocapitalize="none"
            spellcheck={false}
            data-autofocus=""
          />
          <Select
            label={panels.admin.role}
            value={role()}
            options={roles()}
            onPick={(value) => setRole(value as MadeRole)}
            hint={role() === "bot" ? panels.admin.makeBotHint : undefined}
          />
          <Show when={role() !== "bot"}>
            <Field
              label={panels.admin.makePassword}
              hint={t.shell.entry.passwordHint}
              dir="ltr"
              value={password()}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
          </Show>
          <button type="submit" hidden />
        </Form>
      </Show>
    </Dialog>
  );
}
