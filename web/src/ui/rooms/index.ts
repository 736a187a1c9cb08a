export { Conversation } from "./Conversation";
export { currentRoom, currentRoomId, firstRoom, openRoom } from "./current";
export { RoomList } from "./RoomList";
