/** Renders a message's text. The text becomes text nodes and addresses of links only; it is never parsed as HTML. */
import { createSignal, For, type JSX, Show } from "solid-js";
import { t } from "../text";
import { Code } from "./Code";
import { isLink } from "./links";
import styles from "./Text.module.css";
import type { Block, Inline, Link, Tree } from "./tree";

/** What the `@names` and `#names` in a text refer to. */
export interface Meanings {
  /** Whether a mention is of the reader or of another user; null if it is of nobody. */
  mention(name: string): "me" | "other" | null;
  /** Shows the person of a mention, next to the element; null if there is nobody to show. */
  person?(name: string): ((anchor: HTMLElement) => void) | null;
  /** The path of a room; null if the reader can not go there. */
  room(name: string): string | null;
}

export function Text(props: { tree: Tree; meanings: Meanings }): JSX.Element {
  return (
    <div class={styles["text"]} classList={{ [styles["emoji"] ?? ""]: isEmojiOnly(props.tree) }} dir="auto">
      <For each={props.tree}>{(block) => <BlockOf block={block} meanings={props.meanings} />}</For>
    </div>
  );
}

/** The text without a paragraph around it, for an action (`/me`). */
export function InlineText(props: { tree: Tree; meanings: Meanings }): JSX.Element {
  return (
    <For each={props.tree}>
      {(block) =>
        block.is === "text" ? inlines(block.of, props.meanings) : <BlockOf block={block} meanings={props.meanings} />
      }
    </For>
  );
}

/**
 * Only the outermost block has `dir="auto"`, which takes the direction from the text inside. It ignores the text of elements that
 * have a `dir` of their own, and a quote's bar and a list's numbers have to be on the side where their text begins.
 */
function BlockOf(props: { block: Block; meanings: Meanings; isInside?: boolean }): JSX.Element {
  const { block, meanings } = props;
  const dir = props.isInside === true ? undefined : "auto";
  switch (block.is) {
    case "text":
      return (
        <p class={styles["paragraph"]} dir={dir}>
          {inlines(block.of, meanings)}
        </p>
      );
    case "fence":
      return <Code text={block.text} language={block.language} />;
    case "quote":
      return (
        <blockquote class={styles["quote"]} dir={dir}>
          {block.of.map((inner) => (
            <BlockOf block={inner} meanings={meanings} isInside />
          ))}
        </blockquote>
      );
    case "list": {
      const items = block.items.map((item) => (
        <li>
          {item.map((inner) => (
            <BlockOf block={inner} meanings={meanings} isInside />
          ))}
        </li>
      ));
      return block.start === null ? (
        <ul class={styles["list"]} dir={dir}>
          {items}
        </ul>
      ) : (
        <ol class={styles["list"]} start={block.start} dir={dir}>
          {items}
        </ol>
      );
    }
  }
}

function inlines(nodes: readonly Inline[], meanings: Meanings): JSX.Element {
  return nodes.map((node) => inline(node, meanings));
}

function inline(node: Inline, meanings: Meanings): JSX.Element {
  if (typeof node === "string") return node;
  switch (node.is) {
    case "break":
      return <br />;
    case "bold":
      return <strong>{inlines(node.of, meanings)}</strong>;
    case "italic":
      return <em>{inlines(node.of, meanings)}</em>;
    case "strike":
      return <s>{inlines(node.of, meanings)}</s>;
    case "spoiler":
      return <Spoiler>{() => inlines(node.of, meanings)}</Spoiler>;
    case "code":
      return (
        <code class={styles["span"]} dir="ltr">
          {node.text}
        </code>
      );
    case "link":
      return <LinkOf link={node} meanings={meanings} />;
    case "mention": {
      const whom = meanings.mention(node.name);
      if (whom === null) return `@${node.name}`;
      const look = `${styles["mention"]} ${whom === "me" ? styles["me"] : ""}`;
      const see = meanings.person?.(node.name) ?? null;
      if (see === null) return <bdi class={look}>@{node.name}</bdi>;
      return (
        <button type="button" class={`${look} ${styles["person"]}`} onClick={(event) => see(event.currentTarget)}>
          <bdi>@{node.name}</bdi>
        </button>
      );
    }
    case "room": {
      const path = meanings.room(node.name);
      if (path === null) return `#${node.name}`;
      return (
        <a class={styles["room"]} href={path}>
          <bdi>#{node.name}</bdi>
        </a>
      );
    }
  }
}

/** The URL of an address; null if it must not be a link. */
function target(href: string): URL | null {
  if (!isLink(href)) return null;
  try {
    const url = new URL(href);
    return url.protocol === "http:" || url.protocol === "https:" || url.protocol === "mailto:" ? url : null;
  } catch {
    return null;
  }
}

/** Links to rooms and messages of this server open in the page, all others in a new tab. */
function isPlaceHere(url: URL): boolean {
  return url.origin === location.origin && url.pathname.startsWith("/r/");
}

const ELSEWHERE = { target: "_blank", rel: "noopener noreferrer nofollow" };

function LinkOf(props: { link: Link; meanings: Meanings }): JSX.Element {
  const { link, meanings } = props;
  const url = target(link.href);
  if (url === null) return inlines(link.of, meanings);
  // A link's text can look like another address. So show the host that the link leads to, unless the text is the address itself.
  const isNamed = url.host !== "" && !isPlaceHere(url) && (url.username !== "" || words(link.of) !== link.href);
  return (
    <>
      <a
        class={styles["link"]}
        href={url.href}
        title={url.href}
        // The print style sheet shows this address after the link's text.
        data-address={words(link.of) === link.href ? undefined : url.href}
        {...(isPlaceHere(url) ? {} : ELSEWHERE)}
      >
        {/* Without `person`: a mention inside a link is no button, as a click follows the link. */}
        <bdi>{inlines(link.of, { mention: meanings.mention, room: meanings.room })}</bdi>
      </a>
      <Show when={isNamed}>
        <span class={styles["host"]}> ({t.timeline.leadsTo(url.host)})</span>
      </Show>
    </>
  );
}

/** The text of the nodes if it is plain text only; else null. */
function words(nodes: readonly Inline[]): string | null {
  const [only] = nodes;
  return nodes.length === 1 && typeof only === "string" ? only : null;
}

function Spoiler(props: { children: () => JSX.Element }): JSX.Element {
  const [isOpen, setOpen] = createSignal(false);
  return (
    <Show
      when={isOpen()}
      fallback={
        <button type="button" class={styles["spoiler"]} aria-label={t.timeline.spoiler} onClick={() => setOpen(true)}>
          <span aria-hidden="true" inert>
            {props.children()}
          </span>
        </button>
      }
    >
      <span class={styles["shown"]}>{props.children()}</span>
    </Show>
  );
}

const EMOJI =
  /^(?=.*(?:\p{Extended_Pictographic}|\p{Regional_Indicator}))(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\u20e3|[\u{e0020}-\u{e007f}]| )+$/u;

/** Whether the text consists of a few emoji only, which are then shown larger. */
function isEmojiOnly(tree: Tree): boolean {
  const [block] = tree;
  if (tree.length !== 1 || block?.is !== "text" || block.of.length !== 1) return false;
  const [text] = block.of;
  return typeof text === "string" && text.length <= 32 && EMOJI.test(text);
}
