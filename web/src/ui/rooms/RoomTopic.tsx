/** The topic of a room, with its addresses as links. */
import type { JSX } from "solid-js";
import { linked } from "../../markdown";
import { Text } from "../../markdown/Text";

const NAMES_NOBODY = { mention: () => null, room: () => null };

export function RoomTopic(props: { topic: string }): JSX.Element {
  return <Text tree={linked(props.topic)} meanings={NAMES_NOBODY} />;
}
