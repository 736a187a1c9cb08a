/** The page of the administration with the invitation links. */
import { createSignal, type JSX, Show } from "solid-js";
import { invitations as api } from "../../api/invitations";
import type { Invitation } from "../../api/types";
import { useMe, useRooms } from "../../state";
import { sentence, t } from "../../text";
import { formatDate } from "../../text/dates";
import { panels } from "../../text/panels";
import { ways } from "../../text/ways";
import { Button, Dialog, Field, Form, load } from "../parts";
import { Confirm } from "../parts/Confirm";
import { Select } from "../parts/choices";
import { endOf, linkDurations, usesOptions } from "../parts/durations";
import { QrCode } from "../parts/QrCode";
import { Secret } from "../parts/Secret";
import styles from "./admin.module.css";
import { Table } from "./Table";

const USES = [1, 5, 25, 100, 0] as const;

export function Invitations(): JSX.Element {
  const rooms = useRooms();
  const loaded = load(() => api.list());
  const [making, setMaking] = createSignal(false);
  const [revoking, setRevoking] = createSignal<Invitation | null>(null);
  const place = (each: Invitation): string => {
    if (!each.room) return panels.admin.inviteLobby;
    const room = rooms().find((known) => known.id === each.room);
    return room ? `#${room.name}` : panels.admin.roomGone(each.room);
  };
  const until = (each: Invitation): string => (each.until ? formatDate("dateTime", each.until) : t.shell.never);
  return (
    <div class={styles.page}>
      <div>
        <Button icon="link" onClick={() => setMaking(true)}>
          {panels.admin.inviteMake} …
        </Button>
      </div>
      <p role="alert" class={styles.problem}>
        {loaded.problem()}
      </p>
      <Show
        when={loaded.value()?.length}
        fallback={<p class={styles.note}>{loaded.value() ? panels.admin.noInvites : t.shell.loading}</p>}
      >
        <Table
          columns={[
            [panels.admin.inviteLabel],
            [panels.invite.uses],
            [panels.invite.expires],
            [panels.admin.inviteRoom, styles.minor],
            [""],
          ]}
          rows={loaded.value() ?? []}
        >
          {(each) => (
            <>
              <td class={styles.what}>
                <bdi class={styles.name}>{each.label || "–"}</bdi>
                <div class={styles.note}>{makes(each.role)}</div>
              </td>
              <td>{panels.admin.inviteUses(each.uses)}</td>
              <td class={styles.time}>{until(each)}</td>
              <td class={styles.minor}>
                <bdi>{place(each)}</bdi>
              </td>
              <td class={styles.end}>
                <Button look="quiet" onClick={() => setRevoking(each)}>
                  {panels.admin.revoke}
                </Button>
              </td>
            </>
          )}
        </Table>
      </Show>
      <Show when={making()}>
        <MakeInvitation onClose={() => setMaking(false)} onMade={() => void loaded.again()} />
      </Show>
      <Show when={revoking()}>
        {(now) => (
          <Confirm
            title={panels.admin.revokeTitle}
            text={panels.admin.revokeText}
            doIt={panels.admin.revoke}
            onClose={() => setRevoking(null)}
            run={() => loaded.after(api.revoke(now().id))}
          />
        )}
      </Show>
    </div>
  );
}

function makes(role: Invitation["role"]): string {
  const { admin } = panels;
  return {
    "": admin.inviteRoleNone,
    member: admin.inviteRoleMember,
    admin: admin.inviteRoleAdmin,
    owner: admin.inviteRoleOwner,
  }[role];
}

function MakeInvitation(props: { onClose: () => void; onMade: () => void }): JSX.Element {
  const me = useMe();
  const rooms = useRooms();
  const [label, setLabel] = createSignal("");
  const [uses, setUses] = createSignal("1");
  const [term, setTerm] = createSignal("604800");
  const [room, setRoom] = createSignal("");
  const [role, setRole] = createSignal<Invitation["role"]>("");
  const [problem, setProblem] = createSignal("");
  const [url, setUrl] = createSignal("");
  const make = async (): Promise<void> => {
    const answer = await api.make({
      uses: Number(uses()),
      until: endOf(term()),
      role: role(),
      label: label().trim(),
      ...(room() ? { room: Number(room()) } : {}),
    });
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (!answer.ok) return;
    setUrl(answer.value.url);
    props.onMade();
  };
  const roles = (): readonly (readonly [string, string])[] => {
    const all: readonly Invitation["role"][] =
      me()?.role === "owner" ? ["", "member", "admin", "owner"] : ["", "member"];
    return all.map((each) => [each, makes(each)] as const);
  };
  const places = (): readonly (readonly [string, string])[] => [
    ["", panels.admin.inviteLobby],
    ...rooms()
      .filter((each) => each.joined && each.kind !== "direct" && !each.archived)
      .map((each) => [String(each.id), `#${each.name}`] as const),
  ];
  return (
    <Dialog
      title={panels.admin.inviteMake}
      onClose={() => props.onClose()}
      foot={
        <Show when={!url()} fallback={<Button onClick={() => props.onClose()}>{t.shell.close}</Button>}>
          <Button look="quiet" onClick={() => props.onClose()}>
            {t.shell.cancel}
          </Button>
          <Button look="primary" onClick={() => void make()}>
            {panels.invite.make}
          </Button>
        </Show>
      }
    >
      <Show
        when={!url()}
        fallback={
          <>
            <Secret label={panels.invite.link} hint={panels.invite.once} value={url()} />
            <QrCode text={url()} label={ways().code} />
          </>
        }
      >
        <Form class={styles.form} onSubmit={make}>
          <Field
            label={panels.admin.inviteLabel}
            maxlength={32}
            value={label()}
            problem={problem()}
            onInput={(event) => setLabel(event.currentTarget.value)}
            data-autofocus=""
          />
          <div class={styles.pair}>
            <Select label={panels.invite.uses} value={uses()} onPick={setUses} options={usesOptions(USES)} />
            <Select label={panels.invite.expires} value={term()} onPick={setTerm} options={linkDurations()} />
            <Select
              label={panels.admin.inviteRole}
              value={role()}
              onPick={(value) => setRole(value as Invitation["role"])}
              options={roles()}
            />
            <Select label={panels.admin.inviteRoom} value={room()} onPick={setRoom} options={places()} />
          </div>
          <button type="submit" hidden />
        </Form>
      </Show>
    </Dialog>
  );
}
