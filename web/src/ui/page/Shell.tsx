/** The page of a signed-in user: the list of rooms, the open room, and its people. A phone shows one of them at a time. */
import { createEffect, createMemo, createSignal, type JSX, Match, on, Show, Switch, untrack } from "solid-js";
import { install, installable } from "../../platform/install";
import { type LazyModule, lazyModule } from "../../platform/lazyModule";
import { readStored, writeStored } from "../../platform/storage";
import { useConnection, useMe, useRooms } from "../../state";
import { runsServer } from "../../state/permissions";
import { t } from "../../text";
import { trackOwnMutes } from "../composer/ownMute";
import { signOut } from "../entry/signOut";
import { Wordmark } from "../entry/Wordmark";
import { ConnectionBanner } from "../notices/ConnectionBanner";
import { startNotifications } from "../notices/notify";
import { Stranded } from "../notices/StrandedMessages";
import { UpdateBar } from "../notices/UpdateBar";
import { Avatar, Icon, IconButton, loadPart, Menu, type MenuItem, PartFailure, PartLoading } from "../parts";
import { useOwnProfile } from "../people/ownProfile";
import { currentRoom, currentRoomId, firstRoom, keepAddress, openRoom } from "../places/currentRoom";
import { COMPOSER, MESSAGES } from "../places/landmarks";
import { closeDrawer, navigate, openDrawer, openPanel, route } from "../places/router";
import { useScreen } from "../places/screen";
import { Conversation } from "../rooms/Conversation";
import { unhide, visibleRooms } from "../rooms/hiddenRooms";
import { PEOPLE_BUTTON } from "../rooms/RoomHeader";
import { RoomList } from "../rooms/RoomList";
import { startActions } from "./actions";
import styles from "./Shell.module.css";

const PEOPLE = "parley.people";

const notices = lazyModule(() => import("./RoomNotices"));
const people = lazyModule(() => import("../people/People"));

export function Shell(): JSX.Element {
  const rooms = useRooms();
  const connection = useConnection();
  const screen = useScreen;
  const [peopleKept, setPeopleKept] = createSignal(readStored(PEOPLE) !== "hidden");
  const drawer = createMemo(() => route().drawer);
  /** Whether the open room has a list of people. A direct room of two has none: its header names the other person. */
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
  startNotifications();
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
      // If the focus was in the drawer, return it to the button that has opened it.
      if (wasOpen && !isOpen && document.activeElement === document.body)
        document.getElementById(PEOPLE_BUTTON)?.focus();
    }),
  );

  // At the start, open a room, except on phones, which begin with the list of rooms.
  createEffect(() => {
    if (route().place.at !== "home" || screen() === "phone") return;
    const first = firstRoom(visibleRooms(rooms()));
    if (first) openRoomInstead(first);
  });
  createEffect(() => {
    const id = currentRoomId();
    if (id !== null) untrack(() => unhide(id));
  });

  /** The name or id in the address of a room that the user is not in; null if they are, or if it is unknown. */
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
        <Switch fallback={<Notices>{({ NoRoom }) => <NoRoom />}</Notices>}>
          <Match when={currentRoom()}>
            {(room) => <Conversation room={room()} peopleShown={peopleShown()} onPeople={togglePeople} />}
          </Match>
          <Match when={stranger()}>
            {(wanted) => <Notices>{({ RoomUnavailable }) => <RoomUnavailable wanted={wanted()} />}</Notices>}
          </Match>
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
            <Later load={people} onClose={togglePeople}>
              {({ People }) => <People room={currentRoomId() ?? 0} />}
            </Later>
          </aside>
        </Show>
      </div>
    </div>
  );
}

/** Shows a part of the page that is loaded when it is first shown: reading and writing do not need it. */
function Later<M>(props: {
  load: LazyModule<M>;
  onClose: () => void;
  children: (module: M) => JSX.Element;
}): JSX.Element {
  const part = loadPart(props.load);
  return (
    <Switch fallback={<PartLoading />}>
      <Match when={part.module()} keyed>
        {(module) => props.children(module as M)}
      </Match>
      <Match when={part.failure()}>
        {(failure) => <PartFailure failure={failure()} onTryAgain={part.tryAgain} onClose={props.onClose} />}
      </Match>
    </Switch>
  );
}

/** What is shown instead of a room. */
function Notices(props: { children: (module: typeof import("./RoomNotices")) => JSX.Element }): JSX.Element {
  return (
    <Later load={notices} onClose={() => navigate("/")}>
      {props.children}
    </Later>
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

/** The user's name and avatar below the list of rooms, with a menu: settings, help, sign-out. */
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
