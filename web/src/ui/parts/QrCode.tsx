/** Shows a link or an address as a QR code. It is dark on light in every theme, as cameras expect that. */
import { createMemo, type JSX } from "solid-js";
import { qrShape } from "./qr";

export function QrCode(props: { text: string; label: string }): JSX.Element {
  const shape = createMemo(() => qrShape(props.text));
  return (
    <svg
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${shape().size} ${shape().size}`}
      width="144"
      height="144"
      shape-rendering="crispEdges"
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path d={shape().path} fill="#000" />
    </svg>
  );
}
