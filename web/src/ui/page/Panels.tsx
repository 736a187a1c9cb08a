/** The panels (dialogs) over the page. The hash of the address names the open one. Each is loaded when it is first opened. */
import { type Component, createMemo, type JSX, Show } from "solid-js";
import { type LazyModule, lazyModule } from "../../platform/lazyModule";
import type { RoomId, Seq } from "../../sync/types";
// The palette is part of the first load: users press Ctrl K and type at once, before a part could be loaded.
import Palette from "../palette/Palette";
import { lazyDialog } from "../parts";
import { currentRoomId } from "../places/currentRoom";
import { closePanel, route } from "../places/router";

const settings = lazyModule(() => import("../settings/Settings"));
const admin = lazyModule(() => import("../admin/Admin"));
const roomSettings = lazyModule(() => import("../settings/RoomSettings"));
const confirmSignOut = lazyModule(() => import("../settings/ConfirmSignOut"));
const shortcuts = lazyModule(() => import("../shortcuts/Shortcuts"));
const personCard = lazyModule(() => import("../people/PersonCard"));
const messagePanels = lazyModule(() => import("../timeline/messagePanels"));
const roomDialogs = lazyModule(() => import("../rooms/dialogs"));

const panel = <M, P extends object>(load: LazyModule<M>, pick: (module: M) => Component<P>): Component<P> =>
  lazyDialog(load, pick, closePanel);

const Settings = panel(settings, (module) => module.default);
const Admin = panel(admin, (module) => module.default);
const RoomSettings = panel(roomSettings, (module) => module.default);
const ConfirmSignOut = panel(confirmSignOut, (module) => module.default);
const Shortcuts = panel(shortcuts, (module) => module.Shortcuts);
const PersonCard = panel(personCard, (module) => module.PersonCard);
const DeleteMessage = panel(messagePanels, (module) => module.DeleteMessage);
const Pins = panel(messagePanels, (module) => module.Pins);
const MessageVersions = panel(messagePanels, (module) => module.MessageVersions);
const MessageReactions = panel(messagePanels, (module) => module.MessageReactions);
const ThreadPanel = panel(messagePanels, (module) => module.ThreadPanel);
const CreateRoom = panel(roomDialogs, (module) => module.CreateRoom);
const BrowseRooms = panel(roomDialogs, (module) => module.BrowseRooms);
const NewMessage = panel(roomDialogs, (module) => module.NewMessage);
const InvitePeople = panel(roomDialogs, (module) => module.InvitePeople);
const LeaveRoom = panel(roomDialogs, (module) => module.LeaveRoom);
const ArchiveRoom = panel(roomDialogs, (module) => module.ArchiveRoom);

export function Panels(): JSX.Element {
  const name = createMemo(() => route().panel?.[0] ?? "");
  const rest = (): string => route().panel?.[1] ?? "";
  /** The room that the panel is about: the one whose id follows in the hash; if there is none, the open room. */
  const room = (): RoomId | null => Number(rest()) || currentRoomId();
  const ofMessage = (Panel: Component<{ room: RoomId; seq: Seq }>): JSX.Element => (
    <Show when={Number(route().panel?.[2])}>{(seq) => <Panel room={Number(rest())} seq={seq()} />}</Show>
  );
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
    ["pins", () => <Show when={room()}>{(id) => <Pins room={id()} />}</Show>],
    ["delete-message", () => ofMessage(DeleteMessage)],
    ["versions", () => ofMessage(MessageVersions)],
    ["reactions", () => ofMessage(MessageReactions)],
    [
      "thread",
      () => (
        <Show when={Number(route().panel?.[2])} keyed>
          {(root) => <ThreadPanel room={Number(rest())} root={root} />}
        </Show>
      ),
    ],
    ["create-room", () => <CreateRoom name={rest()} />],
    ["browse", () => <BrowseRooms search={rest()} />],
    ["new-message", () => <NewMessage from={Number(rest()) || null} />],
    ["invite", () => <InvitePeople room={room()} />],
    ["leave-room", () => <LeaveRoom room={room()} />],
    ["archive-room", () => <ArchiveRoom room={room()} />],
  ]);
  return (
    <Show when={panels.get(name())} keyed>
      {(shown) => shown()}
    </Show>
  );
}
