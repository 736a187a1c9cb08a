/** The dialogs about rooms. All are loaded when the first one is opened. */
export { ArchiveRoom, ConfirmArchive } from "./ArchiveRoom";
export { BrowseRooms } from "./BrowseRooms";
export { CreateRoom } from "./CreateRoom";
export { InvitePeople } from "./InvitePeople";
export { LeaveRoom } from "./LeaveRoom";
export { NewMessage } from "./NewMessage";
