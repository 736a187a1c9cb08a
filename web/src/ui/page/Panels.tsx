/** The panels over the page, by the address's hash. Each is loaded when it is first opened. */
import { createMemo, type JSX, lazy, Show, Suspense } from "solid-js";
import type { RoomId } from "../../sync/types";
// Part of the first load: users press Ctrl K and type on at once.
import Palette from "../palette/Palette";
import { Holding } from "../parts";
import { currentRoomId } from "../places/currentRoom";
import { closePanel, route } from "../places/router";

const Settings = lazy(() => import("../settings/Settings"));
const Admin = lazy(() => import("../admin/Admin"));
const RoomSettings = lazy(() => import("../settings/RoomSettings"));
const ConfirmSignOut = lazy(() => import("../settings/ConfirmSignOut"));
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
  const panels = new Map<string, () => JSX.Element>([
    ["settings", () => <Settings page={rest()} />],
    ["admin", () => <Admin page={rest()} />],
    ["room", () => <RoomSettings page={rest()} />],
    ["leave", () => <ConfirmSignOut />],
    ["palette", () => <Palette />],
    ["shortcuts", () => <Shortcuts onClose={closePanel} />],
    [
      "person",
      () => <Show when={Number(rest())}>{(id) => <PersonCard user={id()} action={route().panel?.[2] ?? ""} />}</Show>,
    ],
    ["create-room", () => <CreateRoom name={rest()} />],
    ["browse", () => <BrowseRooms search={rest()} />],
    ["new-message", () => <NewMessage from={Number(rest()) || null} />],
    ["invite", () => <InvitePeople room={room()} />],
    ["leave-room", () => <LeaveRoom room={room()} />],
    ["archive-room", () => <ArchiveRoom room={room()} />],
  ]);
  return (
    <Suspense fallback={<Holding onClose={closePanel} />}>
      <Show when={panels.get(name())} keyed>
        {(panel) => panel()}
      </Show>
    </Suspense>
  );
}
