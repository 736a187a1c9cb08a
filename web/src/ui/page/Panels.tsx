/** The panels over the page, by the address's hash. Each is loaded when it is first opened. */
import { createMemo, type JSX, lazy, Match, Suspense, Switch } from "solid-js";
import type { RoomId } from "../../sync/types";
// Part of the first load: users press Ctrl K and type on at once.
import Palette from "../palette/Palette";
import { Holding } from "../parts";
import { currentRoomId } from "../places/currentRoom";
import { closePanel, route } from "../places/router";

const Settings = lazy(() => import("../settings/Settings"));
const Admin = lazy(() => import("../admin/Admin"));
const RoomSettings = lazy(() => import("../settings/RoomSettings"));
const Leave = lazy(() => import("../settings/ConfirmSignOut"));
const Shortcuts = lazy(async () => ({ default: (await import("../shortcuts/Shortcuts")).Shortcuts }));
const PersonCard = lazy(async () => ({ default: (await import("../people/PersonCard")).PersonCard }));
const dialogs = () => import("../rooms/dialogs");
const CreateRoom = lazy(async () => ({ default: (await dialogs()).CreateRoom }));
const BrowseRooms = lazy(async () => ({ default: (await dialogs()).BrowseRooms }));
const NewMessage = lazy(async () => ({ default: (await dialogs()).NewMessage }));
const InvitePeople = lazy(async () => ({ default: (await dialogs()).InvitePeople }));
const LeaveRoom = lazy(async () => ({ default: (await dialogs()).LeaveRoom }));
const ArchiveRoom = lazy(async () => ({ default: (await dialogs()).ArchiveRoom }));

export function Panels(): JSX.Element {
  const name = createMemo(() => route().panel?.[0] ?? "");
  const rest = (): string => route().panel?.[1] ?? "";
  /** The room that the panel is about: the one in the address, else the open one. */
  const room = (): RoomId | null => Number(rest()) || currentRoomId();
  return (
    <Suspense fallback={<Holding onClose={closePanel} />}>
      <Switch>
        <Match when={name() === "settings"}>
          <Settings page={rest()} />
        </Match>
        <Match when={name() === "admin"}>
          <Admin page={rest()} />
        </Match>
        <Match when={name() === "room"}>
          <RoomSettings page={rest()} />
        </Match>
        <Match when={name() === "leave"}>
          <Leave />
        </Match>
        <Match when={name() === "palette"}>
          <Palette />
        </Match>
        <Match when={name() === "shortcuts"}>
          <Shortcuts onClose={closePanel} />
        </Match>
        <Match when={name() === "person" && Number(rest())}>
          {(user) => <PersonCard user={user()} action={route().panel?.[2] ?? ""} />}
        </Match>
        <Match when={name() === "create-room"}>
          <CreateRoom name={rest()} />
        </Match>
        <Match when={name() === "browse"}>
          <BrowseRooms search={rest()} />
        </Match>
        <Match when={name() === "new-message"}>
          <NewMessage from={Number(rest()) || null} />
        </Match>
        <Match when={name() === "invite"}>
          <InvitePeople room={room()} />
        </Match>
        <Match when={name() === "leave-room"}>
          <LeaveRoom room={room()} />
        </Match>
        <Match when={name() === "archive-room"}>
          <ArchiveRoom room={room()} />
        </Match>
      </Switch>
    </Suspense>
  );
}
