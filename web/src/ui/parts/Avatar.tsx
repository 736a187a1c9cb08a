/** An avatar: one or two letters of a name in the person's colour. Hidden from screen readers, as the name stands next to it. */
import { type JSX, Show } from "solid-js";
import { useKnowsPresence } from "../../state";
import type { Member } from "../../sync/types";
import { authorStyle } from "../theme/authorColour";
import styles from "./Avatar.module.css";

/** The first graphemes of the first two words: by grapheme, so that a character of several code points stays whole. */
export function initials(name: string): string {
  const letters = name
    .split(/[\s._\-[\]{}|^`\\]+/u)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => first(word));
  return (letters.join("") || first(name)).toLocaleUpperCase();
}

// `Intl.Segmenter` is missing in Firefox before version 125.
const graphemes =
  (Intl.Segmenter as typeof Intl.Segmenter | undefined) && new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The first grapheme of a word; without `Intl.Segmenter`, its first code point. */
function first(word: string): string {
  if (graphemes === undefined) return [...word][0] ?? "";
  for (const { segment } of graphemes.segment(word)) return segment.length > 4 ? (segment[0] ?? "") : segment;
  return "";
}

/** Without `online`, the avatar shows no presence. While there is no connection, everybody is shown as away. */
export function Avatar(props: {
  user: number;
  name: string;
  colour: string;
  online?: boolean;
  size?: "s" | "m" | "l";
}): JSX.Element {
  const isKnown = useKnowsPresence();
  return (
    <span
      aria-hidden="true"
      class={`${styles.avatar} ${styles[props.size ?? "m"]}`}
      style={authorStyle(props.user, props.colour)}
    >
      {initials(props.name)}
      <Show when={props.online !== undefined}>
        <span class={props.online && isKnown() ? styles.online : styles.away} />
      </Show>
    </span>
  );
}

/** The avatar of a person whose profile and presence are known. */
export function PersonAvatar(props: {
  of: Pick<Member, "id" | "name" | "display" | "colour" | "online">;
  size?: "s" | "m" | "l";
}): JSX.Element {
  const name = (): string => props.of.display || props.of.name;
  return (
    <Avatar
      size={props.size ?? "m"}
      user={props.of.id}
      name={name()}
      colour={props.of.colour}
      online={props.of.online}
    />
  );
}
