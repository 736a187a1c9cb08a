/**
 * Parts of the page that are loaded when they are first needed. Loading can fail: the server may be unreachable, or it may have
 * another version of the page, which has no file of this name. All dynamic imports go through `lazyModule`. Its callers handle the
 * failure; the next call tries again.
 */

/** Loads the module, or returns the one that is loaded already. Rejects if it can not be loaded now. */
export interface LazyModule<T> {
  (): Promise<T>;
  /** The module; undefined until it is loaded. */
  readonly loaded: T | undefined;
}

/** The `<link>` elements of style sheets that could not be loaded. */
const failedStyles = new Set<HTMLLinkElement>();
let isWatching = false;

/** @param load a function with nothing but the dynamic import. */
export function lazyModule<T>(load: () => Promise<T>): LazyModule<T> {
  let loading: Promise<T> | undefined;
  let loaded: T | undefined;
  const attempt = async (): Promise<T> => {
    try {
      // Vite adds the link of a style sheet only once, even if it could not be loaded.
      await retryStyles();
      loaded = await load();
      return loaded;
    } finally {
      // Let the next call import again. If this one has succeeded, that is quick: the browser keeps the module.
      loading = undefined;
    }
  };
  const get = (): Promise<T> => {
    loading ??= attempt();
    return loading;
  };
  return Object.defineProperty(get, "loaded", { get: () => loaded }) as unknown as LazyModule<T>;
}

async function retryStyles(): Promise<void> {
  if (typeof document === "undefined") return;
  if (!isWatching) {
    isWatching = true;
    // `error` events of elements do not bubble, so listen in the capture phase.
    document.addEventListener("error", noteFailedStyle, { capture: true });
  }
  await Promise.all([...failedStyles].map(retryStyle));
}

function noteFailedStyle({ target }: Event): void {
  if (target instanceof HTMLLinkElement && target.rel === "stylesheet") failedStyles.add(target);
}

function retryStyle(failed: HTMLLinkElement): Promise<void> {
  const link = failed.cloneNode() as HTMLLinkElement;
  failedStyles.delete(failed);
  failed.replaceWith(link);
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => reject(new Error(`could not load ${link.href}`)));
  });
}

/**
 * Whether the server has another version of the page now. Only for pages without a service worker: a worker answers the request
 * with the stored page.
 * @throws TypeError if the server can not be reached.
 */
export async function isPageReplaced(): Promise<boolean> {
  // The name of the page's first script contains a hash of its content.
  const entry = document.querySelector('script[type="module"][src]')?.getAttribute("src");
  const answer = await fetch("/", { cache: "no-store" });
  return answer.ok && entry != null && !(await answer.text()).includes(`"${entry}"`);
}
