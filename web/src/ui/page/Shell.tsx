/** The page of someone who is in: rooms, the open one, and its people. On a phone one of them at a time. */
import { createEffect, createMemo, createSignal, type JSX, Match, on, onMount, Show, Switch, untrack } from "solid-js";
import { install, installable } from "../../platform/install";
import { readStored, writeStored } from "../../platform/storage";
import { engine, useConnection, useMe, useRooms } from "../../state";
import { runsServer } from "../../state/permissions";
import { t } from "../../text";
import { trackOwnMutes } from "../composer/ownMute";
import { signOut } from "../entry/signOut";
import { Wordmark } from "../entry/Wordmark";
import { ConnectionBanner } from "../notices/ConnectionBanner";
import { startNotices } from "../notices/notify";
import { Stranded } from "../notices/StrandedMessages";
import { UpdateBar } from "../notices/UpdateBar";
import { Avatar, Button, Icon, IconButton, load, Menu, type MenuItem, tellIfRefused, tellProblem } from "../parts";
import { useOwnProfile } from "../people/ownProfile";
import { People } from "../people/People";
import { currentRoom, currentRoomId, firstRoom, keepAddress, openRoom } from "../places/currentRoom";
import { COMPOSER, MESSAGES } from "../places/landmarks";
import { isOver, type Removal, removals, sentOut, sentOutAt } from "../places/removals";
import { closeDrawer, navigate, openDrawer, openPanel, resolve, route } from "../places/router";
import { useScreen } from "../places/screen";
import { Conversation } from "../rooms/Conversation";
import { inSight, unhide } from "../rooms/hiddenRooms";
import { forgetLeft, type LeftRoom, leftRooms } from "../rooms/leftRooms";
import { PEOPLE_BUTTON } from "../rooms/RoomHeader";
import { RoomList } from "../rooms/RoomList";
import { startActions } from "./actions";
import styles from "./Shell.module.css";

const PEOPLE = "parley.people";

export function Shell(): JSX.Element {
  const rooms = useRooms();
  const connection = useConnection();
  const screen = useScreen;
  const [peopleKept, setPeopleKept] = createSignal(readStored(PEOPLE) !== "hidden");
  const drawer = createMemo(() => route().drawer);
  /** Of a conversation of two, the header says who it is with. */
  const talksToSeveral = (): boolean => {
    const room = currentRoom();
    return room !== null && !(room.kind === "direct" && room.members === 2);
  };
  const peopleShown = (): boolean => talksToSeveral() && (screen() === "wide" ? peopleKept() : drawer());
  const togglePeople = (): void => {
    if (screen() !== "wide") {
      if (drawer()) closeDrawer();
      else openDrawer();
      return;
    }
    setPeopleKept(!peopleKept());
    writeStored(PEOPLE, peopleKept() ? "shown" : "hidden");
  };

  keepAddress();
  startNotices();
  trackOwnMutes();
  startActions({
    togglePeople,
    closeDrawer: () => {
      const isOpen = drawer() && peopleShown();
      if (isOpen) closeDrawer();
      return isOpen;
    },
  });
  createEffect(
    on(drawer, (isOpen, wasOpen) => {
      // Whoever was in it is back where it was opened, unless they have gone elsewhere.
      if (wasOpen && !isOpen && document.activeElement === document.body)
        document.getElementById(PEOPLE_BUTTON)?.focus();
    }),
  );

  // Where there is space, a room is open from the beginning.
  createEffect(() => {
    if (route().place.at !== "home" || screen() === "phone") return;
    const first = firstRoom(inSight(rooms()));
    if (first) openRoomInstead(first);
  });
  createEffect(() => {
    const id = currentRoomId();
    if (id !== null) untrack(() => unhide(id));
  });

  /** Whether the address names a room that one is not in, as far as is known. */
  const stranger = createMemo(() => {
    const { place } = route();
    return place.at === "room" && currentRoom() === null && connection().state === "online" ? place.room : null;
  });
  const pane = (): "rooms" | "room" => (route().place.at === "home" ? "rooms" : "room");

  return (
    <div class={styles.shell} data-pane={pane()}>
      <Show when={currentRoomId() !== null}>
        <a class={styles.skip} href={`#${MESSAGES}`} onClick={(event) => skip(event, MESSAGES)}>
          {t.shell.skipToMessages}
        </a>
        <a class={styles.skip} href={`#${COMPOSER}`} onClick={(event) => skip(event, COMPOSER)}>
          {t.shell.skipToComposer}
        </a>
      </Show>
      <div class={styles.banners}>
        <UpdateBar />
        <ConnectionBanner />
        <Stranded />
      </div>
      <div class={styles.columns}>
        <nav class={styles.rooms} id="rooms" aria-label={t.shell.rooms.navigation}>
          <Head />
          <RoomList />
          <Self />
        </nav>
        <Switch fallback={<Nothing />}>
          <Match when={currentRoom()}>
            {(room) => <Conversation room={room()} peopleShown={peopleShown()} onPeople={togglePeople} />}
          </Match>
          <Match when={stranger()}>{(wanted) => <Stranger wanted={wanted()} />}</Match>
        </Switch>
        <Show when={peopleShown() && currentRoomId() !== null}>
          <Show when={screen() !== "wide"}>
            <button
              type="button"
              class={styles.shade}
              tabindex={-1}
              aria-label={t.shell.header.hidePeople}
              onClick={closeDrawer}
            />
          </Show>
          <aside
            class={styles.people}
            aria-label={t.shell.people.title}
            data-drawer={screen() === "wide" ? undefined : ""}
          >
            <div class={styles.peopleHead}>
              <h2>{t.shell.people.title}</h2>
              <Show
                when={currentRoom()?.kind === "direct"}
                fallback={
                  <IconButton icon="invite" label={t.shell.header.invite} onClick={() => openPanel("invite")} />
                }
              >
                <IconButton
                  icon="invite"
                  label={t.shell.rooms.addPeople}
                  onClick={() => openPanel("new-message", String(currentRoomId()))}
                />
              </Show>
              <IconButton
                ref={(element: HTMLButtonElement) => screen() !== "wide" && queueMicrotask(() => element.focus())}
                icon="close"
                label={t.shell.header.hidePeople}
                onClick={togglePeople}
              />
            </div>
            <People room={currentRoomId() ?? 0} />
          </aside>
        </Show>
      </div>
    </div>
  );
}

function openRoomInstead(room: Parameters<typeof openRoom>[0]): void {
  queueMicrotask(() => {
    if (route().place.at === "home") openRoom(room, null, true);
  });
}

function skip(event: MouseEvent, to: string): void {
  event.preventDefault();
  const place = document.getElementById(to);
  (place?.querySelector<HTMLElement>("textarea, [role=log], [tabindex]") ?? place)?.focus();
}

function Head(): JSX.Element {
  return (
    <div class={styles.head}>
      <span class={styles.name}>
        <Wordmark small />
      </span>
      <IconButton icon="search" label={t.shell.shortcuts.palette} keys="Ctrl K" onClick={() => openPanel("palette")} />
    </div>
  );
}

/** Oneself, at the foot of the rooms: what is about oneself and this page is behind it. */
function Self(): JSX.Element {
  const me = useMe();
  const shown = useOwnProfile();
  const connection = useConnection();
  const items = (): readonly MenuItem[] => [
    { label: t.shell.menu.settings, icon: "gear", run: () => openPanel("settings") },
    ...(runsServer(me())
      ? ([{ label: t.shell.menu.administration, icon: "shield", run: () => openPanel("admin") }] as const)
      : []),
    { label: t.shell.menu.shortcuts, icon: "help", run: () => openPanel("shortcuts") },
    ...(installable() ? ([{ label: t.shell.menu.install, icon: "plus", run: () => void install() }] as const) : []),
    { label: t.shell.menu.signOut, icon: "out", apart: true, run: () => void signOut() },
  ];
  return (
    <Show when={me()}>
      {(now) => (
        <Menu
          label={t.shell.menu.account}
          items={items()}
          button={(given) => (
            <button type="button" class={styles.self} {...given}>
              <Avatar
                user={now().id}
                name={shown().display || now().name}
                colour={shown().colour}
                online={connection().state === "online"}
              />
              <span class={styles.selfName}>
                <span dir="auto">{shown().display || now().name}</span>
                <Show when={now().role === "guest"}>
                  <small>{t.shell.people.guest}</small>
                </Show>
              </span>
              <Icon name="menu" />
              <span class="visually-hidden">{t.shell.menu.account}</span>
            </button>
          )}
        />
      )}
    </Show>
  );
}

/** The address of a room that one is not in: what can be known of it, and the way in. */
function Stranger(props: { wanted: string }): JSX.Element {
  const me = useMe();
  const removal = createMemo(() =>
    resolve(
      removals(me()?.id).map((each) => ({ ...each, id: each.room })),
      props.wanted,
    ),
  );
  return (
    <Show when={removal()} fallback={<Unentered wanted={props.wanted} />}>
      {(now) => <SentOut removal={now()} />}
    </Show>
  );
}

/** It takes the focus from who was in the room that is not there any more: what had it is gone. */
function Title(props: { children: JSX.Element }): JSX.Element {
  let heading!: HTMLHeadingElement;
  onMount(() => {
    if (document.activeElement === document.body) heading.focus();
  });
  return (
    <h1 ref={heading} tabindex={-1} dir="auto">
      {props.children}
    </h1>
  );
}

/** Where a room was that one was sent out of: by whom, why, and for how long. */
function SentOut(props: { removal: Removal }): JSX.Element {
  const mayReturn = (): boolean => !props.removal.banned || isOver(props.removal, Date.now());
  return (
    <main class={styles.empty}>
      <div>
        <Title>{t.shell.rooms.strangerTitle(props.removal.name)}</Title>
        <p dir="auto">{sentOut(props.removal)}</p>
        <p>
          <small>{sentOutAt(props.removal)}</small>
        </p>
        <div class={styles.emptyActs}>
          {/* A ban may have been lifted: only the server knows, and says if it has not. */}
          <Show when={props.removal.kind === "public"}>
            <Button
              look={mayReturn() ? "primary" : "plain"}
              onClick={() => void tellIfRefused(engine.join(props.removal.name, props.removal.room))}
            >
              {t.shell.rooms.joinAgain}
            </Button>
          </Show>
          <Button look="quiet" onClick={() => navigate("/")}>
            {t.shell.back}
          </Button>
        </div>
      </div>
    </main>
  );
}

function Unentered(props: { wanted: string }): JSX.Element {
  const me = useMe();
  const rooms = useRooms();
  const left = createMemo(() =>
    leftRooms(me()?.id, rooms()).find((each) => String(each.room) === props.wanted || each.name === props.wanted),
  );
  const comeBack = async (to: LeftRoom): Promise<void> => {
    const answer = await engine.join(to.name, to.room);
    if (answer.ok) return;
    forgetLeft(me()?.id, to.room);
    tellProblem(answer.problem);
  };
  const listed = createMemo(() => ({ wanted: props.wanted, directory: load(() => engine.directory()) }));
  const room = createMemo(() => resolve(listed().directory.value() ?? [], props.wanted));
  const known = (): boolean => listed().directory.value() !== undefined;
  return (
    <main class={styles.empty}>
      <Show when={known()} fallback={<h1 class="visually-hidden">{t.shell.appName}</h1>}>
        <Show
          when={room()}
          fallback={
            <Show when={left()} fallback={<Unknown />}>
              {(to) => (
                <div>
                  <Title>{t.shell.rooms.strangerTitle(to().name)}</Title>
                  <p>{t.shell.rooms.leftText}</p>
                  <div class={styles.emptyActs}>
                    <Button look="primary" onClick={() => void comeBack(to())}>
                      {t.shell.rooms.joinAgain}
                    </Button>
                    <Button look="quiet" onClick={() => navigate("/")}>
                      {t.shell.back}
                    </Button>
                  </div>
                </div>
              )}
            </Show>
          }
        >
          {(found) => (
            <div>
              <Title>{t.shell.rooms.strangerTitle(found().name)}</Title>
              <Show when={found().topic}>
                <p dir="auto">{found().topic}</p>
              </Show>
              <p>
                {t.shell.rooms.strangerText} {t.shell.rooms.strangerPeople(found().members)}
              </p>
              <div class={styles.emptyActs}>
                <Button look="primary" onClick={() => void tellIfRefused(engine.join(found().name, found().id))}>
                  {t.shell.rooms.strangerJoin}
                </Button>
                <Button look="quiet" onClick={() => navigate("/")}>
                  {t.shell.back}
                </Button>
              </div>
            </div>
          )}
        </Show>
      </Show>
    </main>
  );
}

function Unknown(): JSX.Element {
  return (
    <div>
      <Title>{t.shell.rooms.unknownTitle}</Title>
      <p>{t.shell.rooms.unknownText}</p>
      <div class={styles.emptyActs}>
        <Button look="primary" onClick={() => openPanel("browse")}>
          {t.shell.rooms.browse}
        </Button>
        <Button look="quiet" onClick={() => navigate("/")}>
          {t.shell.back}
        </Button>
      </div>
    </div>
  );
}

function Nothing(): JSX.Element {
  const connection = useConnection();
  const rooms = useRooms();
  const none = (): boolean => connection().state === "online" && !rooms().some((room) => room.joined);
  return (
    <main class={styles.empty}>
      <Show when={none()} fallback={<h1 class="visually-hidden">{t.shell.appName}</h1>}>
        <div>
          <h1>{t.shell.rooms.emptyTitle}</h1>
          <p>{t.shell.rooms.emptyText}</p>
          <div class={styles.emptyActs}>
            <Button look="primary" onClick={() => openPanel("browse")}>
              {t.shell.rooms.browse}
            </Button>
            <Button onClick={() => openPanel("create-room")}>{t.shell.rooms.create}</Button>
          </div>
        </div>
      </Show>
    </main>
  );
}
