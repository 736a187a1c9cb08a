/** Small drawings on a grid of 16, in the colour of the text around them. */
import type { JSX } from "solid-js";

const drawing =
  (path: string, isFilled = false) =>
  (): JSX.Element => (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path
        d={path}
        fill={isFilled ? "currentColor" : "none"}
        stroke={isFilled ? "none" : "currentColor"}
        stroke-width="1.4"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );

export const Queued = drawing("M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 5v3.2l2.1 1.3");
export const Sending = drawing("M8 12.5v-9M4.5 7L8 3.5L11.5 7");
export const Stored = drawing("M3.5 8.5l3 3l6-6.5");

/** Two ticks: the first stands for somebody, the second for everybody; `some` and `all` are their classes. */
export function Delivered(props: { some: string; all: string }): JSX.Element {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path class={props.some} d="M1.5 8.7l2.8 2.8l5.7-6.3" />
      <path class={props.all} d="M7.6 11.2l.5.5l6-6.5" />
    </svg>
  );
}

export const Refused = drawing("M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 5v3.6M8 10.9v.1");
export const Down = drawing("M8 3v9.5M4 8.7l4 3.8l4-3.8");
export const Up = drawing("M8 13v-9.5M4 7.3l4-3.8l4 3.8");
export const Chevron = drawing("M6 4l4 4l-4 4");
export const Smile = drawing("M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M5.6 9.5a2.8 2.8 0 0 0 4.8 0M6 6.2v.4M10 6.2v.4");
export const Send = drawing("M2.3 8L13.6 3L10.5 13.2L7.5 9.3zM7.5 9.3L13.6 3");
