/** Buttons with text, and buttons with an icon. */
import { type JSX, splitProps } from "solid-js";
import styles from "./Button.module.css";
import { Icon, type IconName } from "./icons";

type Native = JSX.ButtonHTMLAttributes<HTMLButtonElement>;

/** `look`: `primary` for the main action, `quiet` for a minor one, `danger` for one that can not be undone. */
export function Button(
  props: Native & { look?: "primary" | "quiet" | "danger" | "plain"; icon?: IconName; busy?: boolean },
): JSX.Element {
  const [own, native] = splitProps(props, ["look", "icon", "busy", "class", "children", "disabled"]);
  return (
    <button
      type="button"
      {...native}
      disabled={own.disabled === true || own.busy === true}
      aria-busy={own.busy ? "true" : undefined}
      class={`${styles.button} ${styles[own.look ?? "plain"]} ${own.class ?? ""}`}
    >
      {own.icon ? <Icon name={own.icon} /> : null}
      {own.children}
    </button>
  );
}

/** `label` is the accessible name and the tooltip, `keys` are added to the tooltip, `pressed` is for toggles. */
export function IconButton(
  props: Native & {
    icon: IconName;
    label: string;
    keys?: string;
    pressed?: boolean;
    filled?: boolean;
    small?: boolean;
  },
): JSX.Element {
  const [own, native] = splitProps(props, ["icon", "label", "keys", "pressed", "filled", "small", "class"]);
  return (
    <button
      type="button"
      aria-label={own.label}
      title={own.keys ? `${own.label} (${own.keys})` : own.label}
      aria-pressed={own.pressed}
      {...native}
      class={`${styles.icon} ${own.small ? styles.small : ""} ${own.class ?? ""}`}
    >
      <Icon name={own.icon} filled={own.filled ?? false} />
    </button>
  );
}
