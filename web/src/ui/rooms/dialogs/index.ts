/** What is asked before rooms are made, found, left and filled: fetched together, when one is needed. */
export { ArchiveRoom, ConfirmArchive } from "./ArchiveRoom";
export { BrowseRooms } from "./BrowseRooms";
export { CreateRoom } from "./CreateRoom";
export { InvitePeople } from "./InvitePeople";
export { LeaveRoom } from "./LeaveRoom";
export { NewMessage } from "./NewMessage";
