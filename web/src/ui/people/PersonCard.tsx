/** Someone: what they tell of themselves, a word with them, and, for those who may, keeping order. */
import { createEffect, createMemo, createSignal, type JSX, Match, on, Show, Switch } from "solid-js";
import { users } from "../../api";
import { engine, useKnowsPresence, useMe, useMembers, useRoom } from "../../state";
import { mayTo } from "../../state/permissions";
import type { Member, Moderation, RoomRole, UserId } from "../../sync/types";
import { locale, sentence, t } from "../../text";
import { insertText } from "../composer/insertion";
import { Avatar, Button, Confirm, Dialog, deedTerms, Field, load, Select, tell, tellIfRefused } from "../parts";
import { currentRoomId } from "../places/currentRoom";
import { writeTo } from "../places/openDirect";
import { closePanel, openPanel } from "../places/router";
import { authorStyle } from "../theme/authorColour";
import { unmute, useMuted } from "./memberMute";
import styles from "./PersonCard.module.css";

type Deed = "kick" | "ban" | "mute";

const DEEDS: readonly Deed[] = ["kick", "ban", "mute"];

/** `deed`: what is to be done about them at once, if that is known already. */
export function PersonCard(props: { user: UserId; deed?: string }): JSX.Element {
  const me = useMe();
  const isKnown = useKnowsPresence();
  const room = useRoom(currentRoomId);
  const members = useMembers(currentRoomId);
  const member = createMemo(() => members()?.find((each) => each.id === props.user));
  const myself = createMemo(() => members()?.find((each) => each.id === me()?.id));
  const { value: known } = load(() => users.get(props.user));
  const name = (): string => member()?.name ?? known()?.name ?? "";
  const display = (): string => member()?.display || known()?.profile.display || name();
  const colour = (): string => member()?.colour || known()?.profile.colour || "";
  const online = (): boolean => member()?.online ?? known()?.online ?? false;
  const isMe = (): boolean => props.user === me()?.id;
  const asked = (): Deed | null => DEEDS.find((each) => each === props.deed) ?? null;
  const [deed, setDeed] = createSignal(asked());
  // The address may ask for something else, or about somebody else, while the card is open.
  createEffect(on([asked, () => props.user], ([wanted]) => setDeed(wanted), { defer: true }));

  const allowed = (action: Deed | "role"): boolean => {
    const [kind, other] = [room()?.kind, member()];
    return kind !== undefined && other !== undefined && mayTo(action, me(), myself()?.role, kind, other);
  };
  const mute = useMuted(() => (allowed("mute") ? currentRoomId() : null), props.user);
  const letWrite = async (): Promise<void> => {
    const id = currentRoomId();
    if (id === null) return;
    await unmute(id, name());
    mute.again();
  };
  const localTime = createMemo(() => {
    const zone = known()?.profile.zone;
    if (!zone) return "";
    try {
      return new Intl.DateTimeFormat(locale(), {
        timeZone: zone,
        hour: "2-digit",
        minute: "2-digit",
        weekday: "short",
      }).format();
    } catch {
      return "";
    }
  });
  const setRole = async (role: string): Promise<void> => {
    const id = currentRoomId();
    if (id !== null) await tellIfRefused(engine.moderate(id, { action: "role", whom: name(), value: role }));
  };
  const roles = (): readonly (readonly [RoomRole, string])[] => [
    ["member", t.shell.people.member],
    ["moderator", t.shell.people.moderator],
    ["owner", t.shell.people.owner],
  ];
  const roomRole = (): string => {
    const [role, name] = [member()?.role, room()?.name ?? ""];
    if (!role || role === "member" || room()?.kind === "direct") return "";
    return role === "owner" ? t.shell.people.ownerHere(name) : t.shell.people.moderatorHere(name);
  };
  const serverRole = (): string => {
    switch (known()?.role) {
      case "owner":
        return t.shell.admin.roleOwner;
      case "admin":
        return t.shell.people.admin;
      case "guest":
        return t.shell.people.guest;
      case "bot":
        return t.shell.people.bot;
      default:
        return "";
    }
  };

  return (
    <Show
      when={deed()}
      fallback={
        <Dialog title={t.shell.people.card(display())} shape="top" onClose={closePanel}>
          <div class={styles.card}>
            <div class={styles.head}>
              <Avatar size="l" user={props.user} name={display()} colour={colour()} online={online()} />
              <div class={styles.names}>
                <p class={`${styles.display} author`} style={authorStyle(props.user, colour())} dir="auto">
                  {display()}
                </p>
                <p class={styles.sub}>
                  <span dir="auto">@{name()}</span>
                  <Show when={isKnown()}>
                    <span>{online() ? t.shell.people.isOnline : t.shell.people.isAway}</span>
                  </Show>
                  <Show when={isMe()}>
                    <span>{t.shell.people.you}</span>
                  </Show>
                  <Show when={serverRole()}>
                    <span>{serverRole()}</span>
                  </Show>
                  <Show when={roomRole()}>
                    <span>{roomRole()}</span>
                  </Show>
                </p>
              </div>
            </div>
            <Show when={localTime()}>
              <p class={styles.sub}>{t.shell.people.localTime(localTime())}</p>
            </Show>
            <div class={styles.acts}>
              <Switch>
                <Match when={isMe()}>
                  <Button icon="edit" data-autofocus="" onClick={() => openPanel("settings", "profile")}>
                    {t.shell.people.profile}
                  </Button>
                </Match>
                <Match when={true}>
                  <Button icon="message" look="primary" data-autofocus="" onClick={() => void writeTo(name())}>
                    {t.shell.people.message}
                  </Button>
                  <Show when={member() && room()?.kind !== "direct"}>
                    <Button
                      icon="at"
                      onClick={() => {
                        closePanel();
                        insertText(currentRoomId() ?? 0, `@${name()} `);
                      }}
                    >
                      {t.shell.people.mention}
                    </Button>
                  </Show>
                </Match>
              </Switch>
            </div>
            <Show when={member()}>
              {(now: () => Member) => (
                <Show when={allowed("role") || allowed("kick")}>
                  <div class={styles.order}>
                    <Show when={allowed("role")}>
                      <Select
                        label={t.shell.people.role}
                        value={now().role}
                        options={roles()}
                        onPick={(role) => void setRole(role)}
                      />
                    </Show>
                    <Show when={allowed("kick")}>
                      <div class={styles.acts}>
                        <Show
                          when={mute.muted()}
                          fallback={<Button onClick={() => setDeed("mute")}>{t.shell.people.mute}</Button>}
                        >
                          <Button onClick={() => void letWrite()}>{t.shell.people.unmute}</Button>
                        </Show>
                        <Button look="danger" onClick={() => setDeed("kick")}>
                          {t.shell.people.kick}
                        </Button>
                        <Button look="danger" onClick={() => setDeed("ban")}>
                          {t.shell.people.ban}
                        </Button>
                      </div>
                    </Show>
                  </div>
                </Show>
              )}
            </Show>
          </div>
        </Dialog>
      }
    >
      {(chosen) => (
        <Deed
          deed={chosen()}
          name={name()}
          onClose={(done) => {
            if (done || props.deed) closePanel();
            else setDeed(null);
          }}
        />
      )}
    </Show>
  );
}

function Deed(props: { deed: Deed; name: string; onClose: (done: boolean) => void }): JSX.Element {
  const [why, setWhy] = createSignal("");
  const [term, setTerm] = createSignal<number>(props.deed === "mute" ? 3_600 : 86_400);
  let done = false;
  const words = (): { title: string; text: string; doIt: string } => {
    const people = t.shell.people;
    switch (props.deed) {
      case "kick":
        return { title: people.kickTitle(props.name), text: people.kickText, doIt: people.kickDo };
      case "ban":
        return { title: people.banTitle(props.name), text: people.banText, doIt: people.banDo };
      case "mute":
        return { title: people.muteTitle(props.name), text: people.muteText, doIt: people.muteDo };
    }
  };
  return (
    <Confirm
      {...words()}
      onClose={() => props.onClose(done)}
      run={async () => {
        const room = currentRoomId();
        if (room === null) return { ok: false, problem: { code: "room_unknown", message: t.shell.rooms.unknownTitle } };
        const what: Moderation = {
          action: props.deed,
          whom: props.name,
          ...(why().trim() ? { why: why().trim() } : {}),
          ...(props.deed !== "kick" && term() > 0 ? { until: Date.now() + term() * 1000 } : {}),
        };
        const answer = await engine.moderate(room, what);
        done = answer.ok;
        if (done) tell(t.shell.people.done);
        return answer.ok ? answer : { ok: false, problem: { ...answer.problem, message: sentence(answer.problem) } };
      }}
    >
      <Show when={props.deed !== "kick"}>
        <Select
          label={t.shell.people.until}
          value={String(term())}
          options={deedTerms()}
          onPick={(value) => setTerm(Number(value))}
        />
      </Show>
      <Field
        label={t.shell.people.why}
        hint={t.shell.people.whyHint}
        maxlength={250}
        value={why()}
        onInput={(event) => setWhy(event.currentTarget.value)}
        data-autofocus=""
      />
    </Confirm>
  );
}
