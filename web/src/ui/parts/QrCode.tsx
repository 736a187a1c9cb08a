/** Shows a link or an address as a QR code. It is dark on light in every theme, as cameras expect that. */
import { createMemo, type JSX } from "solid-js";
import styles from "./QrCode.module.css";
import { qrShape } from "./qr";

export function QrCode(props: { text: string; label: string }): JSX.Element {
  const shape = createMemo(() => qrShape(props.text));
  return (
    <svg class={styles.code} role="img" aria-label={props.label} viewBox={`0 0 ${shape().size} ${shape().size}`}>
      <path d={shape().path} />
    </svg>
  );
}
