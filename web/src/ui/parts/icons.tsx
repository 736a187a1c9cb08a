/** Icons: lines on a grid of 16 by 16 units, in the colour of the text. */
import type { JSX } from "solid-js";

const paths = {
  close: "M4 4l8 8M12 4l-8 8",
  back: "M10 3.5 5.5 8l4.5 4.5",
  forward: "M6 3.5 10.5 8 6 12.5",
  down: "M3.5 6 8 10.5 12.5 6",
  plus: "M8 3v10M3 8h10",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.5 10.5 14 14",
  hash: "M6.2 2.5 4.8 13.5M11.2 2.5 9.8 13.5M2.5 6h11.3M2.2 10h11.3",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  people:
    "M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.5c.3-2.3 2-3.7 4.5-3.7s4.2 1.4 4.5 3.7M10.5 3.2a2.4 2.4 0 0 1 0 4.6M12 10.2c1.5.5 2.3 1.6 2.5 3.3",
  person: "M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8ZM2.8 14c.3-2.7 2.3-4.2 5.2-4.2s4.9 1.5 5.2 4.2",
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8zM6.7 14h2.6",
  bellOff: "M4 11V7a4 4 0 0 1 6.5-3.1M12 7v4l1.2 1.5H4.5M6.7 14h2.6M2.5 13.5l11-11",
  at: "M10.5 8a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Zm0 0v.8a1.7 1.7 0 0 0 3.4 0V8A5.9 5.9 0 1 0 11 13",
  star: "M8 2.2l1.8 3.7 4 .6-2.9 2.8.700 4L8 11.4l-3.6 1.9.700-4L2.2 6.5l4-.6z",
  menu: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  gear: "M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6M10.2 6.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4ZM5.7 12.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4Z",
  check: "M3 8.5 6.5 12 13 4.5",
  link: "M6.8 9.2a2.8 2.8 0 0 0 4 0l2-2a2.83 2.83 0 0 0-4-4l-.8.800M9.2 6.8a2.8 2.8 0 0 0-4 0l-2 2a2.83 2.83 0 0 0 4 4l.8-.8",
  out: "M9.5 3H3v10h6.5M7 8h7M11.5 5.5 14 8l-2.5 2.5",
  invite:
    "M6.5 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.5c.3-2.3 2.2-3.7 5-3.7 1.1 0 2.1.200 2.9.600M12.5 9.5v5M10 12h5",
  box: "M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 9h3",
  message: "M2.5 3h11v8H8l-3 2.5V11H2.5z",
  reply: "M6.5 3.5 2.8 7.2l3.7 3.7M2.8 7.2h6.4a4 4 0 0 1 4 4v1.3",
  thread: "M2.5 3h11v7.500H7L4.500 13v-2.500h-2zM5.500 5.700h5M5.500 8h3",
  pin: "M5.800 2.500h4.400l-.500 3.700 2.300 2.600H4l2.300-2.600zM8 8.800v5",
  trash: "M3 4.500h10M6.200 4.500V2.800h3.600v1.700M4.300 4.500l.600 8.700h6.200l.600-8.700M6.800 7v4M9.200 7v4",
  edit: "M3 13l.6-2.8L10.7 3a1.5 1.5 0 0 1 2.2 2.2L5.8 12.4z",
  copy: "M5.5 5.5h7.5v7.5H5.5zM3 10.5V3h7.5",
  key: "M9.3 6.7a3.3 3.3 0 1 1-2.1-2.1zM9 7l4.5 4.5M11.5 9.5 10 11",
  help: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.2 6.5a1.8 1.8 0 1 1 2.6 1.7c-.6.300-.8.600-.8 1.2M8 11.3h.01",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6",
  alert: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3.6M8 11h.01",
  quote: "M6.5 4.5c-2.5.5-3.5 2-3.5 4.5v2.5h3.5V8h-2M13 4.5c-2.5.5-3.5 2-3.5 4.5v2.5H13V8h-2",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.5V11M8 5v.01",
  shield: "M8 2l5 1.8V8c0 3-2 5-5 6-3-1-5-3-5-6V3.8z",
  queued: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 5v3.2l2.1 1.3",
  sending: "M8 12.5v-9M4.5 7L8 3.5L11.5 7",
  stored: "M3.5 8.5l3 3l6-6.5",
  refused: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 5v3.6M8 10.9v.1",
  newest: "M8 3v9.5M4 8.7l4 3.8l4-3.8",
  chevron: "M6 4l4 4l-4 4",
  smile: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M5.6 9.5a2.8 2.8 0 0 0 4.8 0M6 6.2v.4M10 6.2v.4",
  send: "M2.3 8L13.6 3L10.5 13.2L7.5 9.3zM7.5 9.3L13.6 3",
} as const;

export type IconName = keyof typeof paths;

/** An icon. Hidden from screen readers: the text next to it, or the label of the control around it, says what it means. */
export function Icon(props: { name: IconName; size?: number; filled?: boolean }): JSX.Element {
  return (
    <svg
      aria-hidden="true"
      width={props.size ?? 16}
      height={props.size ?? 16}
      viewBox="0 0 16 16"
      fill={props.filled ? "currentColor" : "none"}
      stroke="currentColor"
      stroke-width={props.name === "menu" ? 2 : 1.35}
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={paths[props.name]} />
    </svg>
  );
}
