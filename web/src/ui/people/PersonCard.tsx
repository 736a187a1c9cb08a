/** The dialog about a person: profile, a button to write to them, and the actions of moderators. */
import { createEffect, createMemo, createSignal, type JSX, on, Show } from "solid-js";
import type { User } from "../../api/types";
import { users } from "../../api/users";
import { engine, useKnowsPresence, useMe, useMembers, useRoom } from "../../state";
import { useMyself } from "../../state/ownPermissions";
import { mayTo } from "../../state/permissions";
import type { Member, Moderation as ModerationCommand, RoomRole, ServerRole, UserId } from "../../sync/types";
import { locale, sentence, t } from "../../text";
import { panels } from "../../text/panels";
import { insertText } from "../composer/insertion";
import { Avatar, Button, Dialog, Field, load, showRefusal, showToast } from "../parts";
import { Confirm } from "../parts/Confirm";
import { Select } from "../parts/choices";
import { restrictionDurations } from "../parts/durations";
import { currentRoomId, openDirectWith } from "../places/currentRoom";
import { closePanel, openPanel } from "../places/router";
import { authorStyle } from "../theme/authorColour";
import { unmute, useMemberMute } from "./memberMute";
import styles from "./PersonCard.module.css";

type Restriction = "kick" | "ban" | "mute";

const RESTRICTIONS: readonly Restriction[] = ["kick", "ban", "mute"];

/** `action`: if set (`kick`, `ban` or `mute`), ask at once about that restriction; else show the card. */
export function PersonCard(props: { user: UserId; action?: string }): JSX.Element {
  const { value: known } = load(() => users.get(props.user));
  const members = useMembers(currentRoomId);
  const member = createMemo(() => members()?.find((each) => each.id === props.user));
  const name = (): string => member()?.name ?? known()?.name ?? "";
  const asked = (): Restriction | null => RESTRICTIONS.find((each) => each === props.action) ?? null;
  const [action, setAction] = createSignal(asked());
  // While the card is open, the address can change to another action or person.
  createEffect(on([asked, () => props.user], ([wanted]) => setAction(wanted), { defer: true }));
  return (
    <Show
      when={action()}
      fallback={<Card user={props.user} name={name()} known={known()} member={member()} onAction={setAction} />}
    >
      {(chosen) => (
        <ConfirmRestriction
          action={chosen()}
          name={name()}
          onClose={(done) => {
            if (done || props.action) closePanel();
            else setAction(null);
          }}
        />
      )}
    </Show>
  );
}

/** The present time in somebody's time zone; empty if the zone is not known. */
function localTime(zone: string | undefined): string {
  if (!zone) return "";
  try {
    const options = { timeZone: zone, hour: "2-digit", minute: "2-digit", weekday: "short" } as const;
    return new Intl.DateTimeFormat(locale(), options).format();
  } catch {
    return ""; // a zone that this browser does not know
  }
}

function serverRole(role: ServerRole | undefined): string {
  const { admin } = panels;
  const { people } = t.shell;
  if (role === undefined || role === "member") return "";
  return { owner: admin.roleOwner, admin: people.admin, guest: people.guest, bot: people.bot }[role];
}

function Card(props: {
  user: UserId;
  name: string;
  /** The person's data from the server; undefined until it has answered. */
  known: User | undefined;
  /** The person as a member of the open room. */
  member: Member | undefined;
  onAction: (action: Restriction) => void;
}): JSX.Element {
  const me = useMe();
  const isKnown = useKnowsPresence();
  const room = useRoom(currentRoomId);
  const display = (): string => props.member?.display || props.known?.profile.display || props.name;
  const colour = (): string => props.member?.colour || props.known?.profile.colour || "";
  const online = (): boolean => props.member?.online ?? props.known?.online ?? false;
  const isMe = (): boolean => props.user === me()?.id;
  const time = createMemo(() => localTime(props.known?.profile.zone));
  const roomRole = (): string => {
    const [role, name] = [props.member?.role, room()?.name ?? ""];
    if (!role || role === "member" || room()?.kind === "direct") return "";
    return role === "owner" ? panels.people.ownerHere(name) : panels.people.moderatorHere(name);
  };
  return (
    <Dialog title={t.shell.people.card(display())} shape="top" onClose={closePanel}>
      <div class={styles.card}>
        <div class={styles.head}>
          <Avatar size="l" user={props.user} name={display()} colour={colour()} online={online()} />
          <div class={styles.names}>
            <p class={`${styles.display} author`} style={authorStyle(props.user, colour())} dir="auto">
              {display()}
            </p>
            <p class={styles.sub}>
              <span dir="auto">@{props.name}</span>
              <Show when={isKnown()}>
                <span>{online() ? t.shell.people.isOnline : t.shell.people.isAway}</span>
              </Show>
              <Show when={isMe()}>
                <span>{t.shell.people.you}</span>
              </Show>
              <Show when={serverRole(props.known?.role)}>
                <span>{serverRole(props.known?.role)}</span>
              </Show>
              <Show when={roomRole()}>
                <span>{roomRole()}</span>
              </Show>
            </p>
          </div>
        </div>
        <Show when={time()}>
          <p class={styles.sub}>{panels.people.localTime(time())}</p>
        </Show>
        <div class={styles.acts}>
          <Show
            when={!isMe()}
            fallback={
              <Button icon="edit" data-autofocus="" onClick={() => openPanel("settings", "profile")}>
                {t.shell.people.profile}
              </Button>
            }
          >
            <Button icon="message" look="primary" data-autofocus="" onClick={() => void openDirectWith(props.name)}>
              {t.shell.people.message}
            </Button>
            <Show when={props.member && room()?.kind !== "direct"}>
              <Button
                icon="at"
                onClick={() => {
                  closePanel();
                  insertText(currentRoomId() ?? 0, `@${props.name} `);
                }}
              >
                {t.shell.people.mention}
              </Button>
            </Show>
          </Show>
        </div>
        <Show when={props.member}>{(now) => <Moderation member={now()} onAction={props.onAction} />}</Show>
      </div>
    </Dialog>
  );
}

/** The actions of a moderator: change the role, mute, kick, ban. */
function Moderation(props: { member: Member; onAction: (action: Restriction) => void }): JSX.Element {
  const me = useMe();
  const room = useRoom(currentRoomId);
  const myself = useMyself(currentRoomId);
  const allowed = (action: Restriction | "role"): boolean => {
    const kind = room()?.kind;
    return kind !== undefined && mayTo(action, me(), myself()?.role, kind, props.member);
  };
  const mute = useMemberMute(() => (allowed("mute") ? currentRoomId() : null), props.member.id);
  const letWrite = async (): Promise<void> => {
    const id = currentRoomId();
    if (id === null) return;
    await unmute(id, props.member.name);
    mute.again();
  };
  const setRole = async (value: string): Promise<void> => {
    const id = currentRoomId();
    if (id !== null) await showRefusal(engine.moderate(id, { action: "role", whom: props.member.name, value }));
  };
  const roles = (): readonly (readonly [RoomRole, string])[] => [
    ["member", t.shell.people.member],
    ["moderator", t.shell.people.moderator],
    ["owner", t.shell.people.owner],
  ];
  return (
    <Show when={allowed("role") || allowed("kick")}>
      <div class={styles.order}>
        <Show when={allowed("role")}>
          <Select
            label={t.shell.people.role}
            value={props.member.role}
            options={roles()}
            onPick={(role) => void setRole(role)}
          />
        </Show>
        <Show when={allowed("kick")}>
          <div class={styles.acts}>
            <Show
              when={mute.muted()}
              fallback={<Button onClick={() => props.onAction("mute")}>{t.shell.people.mute}</Button>}
            >
              <Button onClick={() => void letWrite()}>{t.shell.people.unmute}</Button>
            </Show>
            <Button look="danger" onClick={() => props.onAction("kick")}>
              {t.shell.people.kick}
            </Button>
            <Button look="danger" onClick={() => props.onAction("ban")}>
              {t.shell.people.ban}
            </Button>
          </div>
        </Show>
      </div>
    </Show>
  );
}

function ConfirmRestriction(props: {
  action: Restriction;
  name: string;
  onClose: (done: boolean) => void;
}): JSX.Element {
  const [why, setWhy] = createSignal("");
  const [term, setTerm] = createSignal<number>(props.action === "mute" ? 3_600 : 86_400);
  let done = false;
  const words = (): { title: string; text: string; doIt: string } => {
    switch (props.action) {
      case "kick":
        return { title: panels.people.kickTitle(props.name), text: panels.people.kickText, doIt: panels.people.kickDo };
      case "ban":
        return { title: panels.people.banTitle(props.name), text: panels.people.banText, doIt: panels.people.banDo };
      case "mute":
        return { title: panels.people.muteTitle(props.name), text: panels.people.muteText, doIt: panels.people.muteDo };
    }
  };
  return (
    <Confirm
      {...words()}
      onClose={() => props.onClose(done)}
      run={async () => {
        const room = currentRoomId();
        if (room === null) return { ok: false, problem: { code: "room_unknown", message: t.shell.rooms.unknownTitle } };
        const what: ModerationCommand = {
          action: props.action,
          whom: props.name,
          ...(why().trim() ? { why: why().trim() } : {}),
          ...(props.action !== "kick" && term() > 0 ? { until: Date.now() + term() * 1000 } : {}),
        };
        const answer = await engine.moderate(room, what);
        done = answer.ok;
        if (done) showToast(t.shell.people.done);
        return answer.ok ? answer : { ok: false, problem: { ...answer.problem, message: sentence(answer.problem) } };
      }}
    >
      <Show when={props.action !== "kick"}>
        <Select
          label={panels.people.until}
          value={String(term())}
          options={restrictionDurations()}
          onPick={(value) => setTerm(Number(value))}
        />
      </Show>
      <Field
        label={panels.people.why}
        hint={panels.people.whyHint}
        maxlength={250}
        value={why()}
        onInput={(event) => setWhy(event.currentTarget.value)}
        data-autofocus=""
      />
    </Confirm>
  );
}
