/** What the page shows instead of a room if the user is not in that room, or in no room at all. */
import { createMemo, type JSX, onMount, Show } from "solid-js";
import { rooms as roomsApi } from "../../api/rooms";
import { engine, useConnection, useMe, useRooms } from "../../state";
import type { Answer, RoomListing } from "../../sync/types";
import { t } from "../../text";
import { Button, load, showProblem, showRefusal } from "../parts";
import { isOver, type Removal, removalSentence, removals, removalTime } from "../places/removals";
import { navigate, openPanel, resolve } from "../places/router";
import { joinFailed, type LeftRoom, leftRooms } from "../rooms/leftRooms";
import styles from "./Shell.module.css";

/** A notice with a title, sentences and buttons. */
function Notice(props: { title: string; buttons: JSX.Element; children: JSX.Element }): JSX.Element {
  let heading!: HTMLHeadingElement;
  // If the focus was in the room that this replaces, it is on the body now.
  onMount(() => {
    if (document.activeElement === document.body) heading.focus();
  });
  return (
    <div>
      <h1 ref={heading} tabindex={-1} dir="auto">
        {props.title}
      </h1>
      {props.children}
      <div class={styles.emptyActs}>{props.buttons}</div>
    </div>
  );
}

const Back = (): JSX.Element => (
  <Button look="quiet" onClick={() => navigate("/")}>
    {t.shell.back}
  </Button>
);
const Browse = (): JSX.Element => (
  <Button look="primary" onClick={() => openPanel("browse")}>
    {t.shell.rooms.browse}
  </Button>
);

/** Shown instead of a room that the user is not in. `wanted` is the room's name or id in the address. */
export function RoomUnavailable(props: { wanted: string }): JSX.Element {
  const me = useMe();
  const removal = createMemo(() =>
    resolve(
      removals(me()?.id).map((each) => ({ ...each, id: each.room })),
      props.wanted,
    ),
  );
  return (
    <main class={styles.empty}>
      <Show when={removal()} fallback={<NotJoined wanted={props.wanted} />}>
        {(now) => <SentOut removal={now()} />}
      </Show>
    </main>
  );
}

/** The notice for a room from which the user was kicked or banned: by whom, why, and for how long. */
function SentOut(props: { removal: Removal }): JSX.Element {
  const mayReturn = (): boolean => !props.removal.banned || isOver(props.removal, Date.now());
  return (
    <Notice
      title={t.shell.rooms.strangerTitle(props.removal.name)}
      buttons={
        <>
          {/* Offered during a ban as well: a moderator may have lifted it, which the page is not told. */}
          <Show when={props.removal.kind === "public"}>
            <Button
              look={mayReturn() ? "primary" : "plain"}
              onClick={() => void showRefusal(engine.join(props.removal.name, props.removal.room))}
            >
              {t.shell.rooms.joinAgain}
            </Button>
          </Show>
          <Back />
        </>
      }
    >
      <p dir="auto">{removalSentence(props.removal)}</p>
      <p>
        <small>{removalTime(props.removal)}</small>
      </p>
    </Notice>
  );
}

/** The notice for a room that the user is not in: one that the server lists, one that the user has left, or an unknown one. */
function NotJoined(props: { wanted: string }): JSX.Element {
  const me = useMe();
  const rooms = useRooms();
  const left = createMemo(() =>
    leftRooms(me()?.id, rooms()).find((each) => String(each.room) === props.wanted || each.name === props.wanted),
  );
  const listed = createMemo(() => load(() => lookUp(props.wanted)));
  const room = createMemo(() => listed().value()?.room ?? null);
  const isKnown = (): boolean => listed().value() !== undefined;
  return (
    <Show when={isKnown()} fallback={<h1 class="visually-hidden">{t.shell.appName}</h1>}>
      <Show
        when={room()}
        fallback={
          <Show when={left()} fallback={<Unknown />}>
            {(to) => <Left room={to()} />}
          </Show>
        }
      >
        {(found) => <Listed room={found()} />}
      </Show>
    </Show>
  );
}

/** Ask the server for a room by the name or id in an address. */
async function lookUp(wanted: string): Promise<Answer<{ room: RoomListing | null }>> {
  const found = await engine.findRooms(wanted, "");
  if (!found.ok) return found;
  const named = resolve(found.value.items, wanted) ?? null;
  if (named !== null || !/^\d+$/.test(wanted)) return { ok: true, value: { room: named } };
  const byId = await roomsApi.get(Number(wanted));
  return { ok: true, value: { room: byId.ok ? { ...byId.value, joined: false } : null } };
}

/** The notice for a room that the user can join. */
function Joinable(props: { name: string; label: string; onJoin: () => unknown; children: JSX.Element }): JSX.Element {
  const buttons = (
    <>
      <Button look="primary" onClick={() => void props.onJoin()}>
        {props.label}
      </Button>
      <Back />
    </>
  );
  return (
    <Notice title={t.shell.rooms.strangerTitle(props.name)} buttons={buttons}>
      {props.children}
    </Notice>
  );
}

function Listed(props: { room: RoomListing }): JSX.Element {
  return (
    <Joinable
      name={props.room.name}
      label={t.shell.rooms.strangerJoin}
      onJoin={() => showRefusal(engine.join(props.room.name, props.room.id))}
    >
      <Show when={props.room.topic}>
        <p dir="auto">{props.room.topic}</p>
      </Show>
      <p>
        {t.shell.rooms.strangerText} {t.shell.rooms.strangerPeople(props.room.members)}
      </p>
    </Joinable>
  );
}

function Left(props: { room: LeftRoom }): JSX.Element {
  const me = useMe();
  const comeBack = async (): Promise<void> => {
    const answer = await engine.join(props.room.name, props.room.room);
    if (answer.ok) return;
    joinFailed(me()?.id, props.room.room, answer.problem);
    showProblem(answer.problem);
  };
  return (
    <Joinable name={props.room.name} label={t.shell.rooms.joinAgain} onJoin={comeBack}>
      <p>{t.shell.rooms.leftText}</p>
    </Joinable>
  );
}

function Unknown(): JSX.Element {
  const buttons = (
    <>
      <Browse />
      <Back />
    </>
  );
  return (
    <Notice title={t.shell.rooms.unknownTitle} buttons={buttons}>
      <p>{t.shell.rooms.unknownText}</p>
    </Notice>
  );
}

/** Shown instead of a room when none is open. */
export function NoRoom(): JSX.Element {
  const connection = useConnection();
  const rooms = useRooms();
  const isNowhere = (): boolean => connection().state === "online" && !rooms().some((room) => room.joined);
  return (
    <main class={styles.empty}>
      <Show when={isNowhere()} fallback={<h1 class="visually-hidden">{t.shell.appName}</h1>}>
        <div>
          <h1>{t.shell.rooms.emptyTitle}</h1>
          <p>{t.shell.rooms.emptyText}</p>
          <div class={styles.emptyActs}>
            <Browse />
            <Button onClick={() => openPanel("create-room")}>{t.shell.rooms.create}</Button>
          </div>
        </div>
      </Show>
    </main>
  );
}
