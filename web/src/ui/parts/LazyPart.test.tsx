// @vitest-environment happy-dom
import { render } from "solid-js/web";
import { afterEach, expect, test, vi } from "vitest";
import { lazyModule } from "../../platform/lazyModule";
import { lazyDialog } from "./LazyPart";

// happy-dom loads no files. Make it treat each as loaded, instead of reporting an error.
(window as unknown as { happyDOM: { settings: Record<string, boolean> } }).happyDOM.settings[
  "handleDisabledFileLoadingAsSuccess"
] = true;

let end = (): void => {};
afterEach(() => {
  end();
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const button = (name: string): HTMLButtonElement | undefined =>
  [...document.querySelectorAll("button")].find(
    (each) => each.textContent === name || each.getAttribute("aria-label") === name,
  );

function open(load: () => Promise<{ Part: () => Element }>) {
  vi.stubGlobal("fetch", async () => new Response("", { status: 503 }));
  const closed = vi.fn();
  const Part = lazyDialog(lazyModule(load), (module) => module.Part, closed);
  const place = document.body.appendChild(document.createElement("div"));
  end = render(() => <Part />, place);
  return closed;
}

const part = { Part: () => (<p>the part</p>) as Element };

test("a dialog that is loading can be closed", async () => {
  const closed = open(() => new Promise(() => {}));
  expect(document.querySelector("dialog")?.textContent).toContain("Loading");
  button("Close")?.click();
  expect(closed).toHaveBeenCalledTimes(1);
});

test("a dialog that can not be loaded says so, and is tried again", async () => {
  let isAway = true;
  const closed = open(async () => {
    if (isAway) throw new TypeError("Failed to fetch");
    return part;
  });
  await settled();
  expect(document.querySelectorAll("dialog")).toHaveLength(1);
  expect(document.querySelector("[role=alert]")?.textContent).toContain("The server did not answer.");
  expect(button("Reload")).toBeDefined();
  button("Close")?.click();
  expect(closed).toHaveBeenCalledTimes(1);
  button("Try again")?.click();
  await settled();
  expect(document.querySelector("[role=alert]")).not.toBeNull();
  isAway = false;
  button("Try again")?.click();
  await settled();
  expect(document.body.textContent).toBe("the part");
  expect(document.querySelector("dialog")).toBeNull();
});

test("after an update of the server it says that the page has to be reloaded", async () => {
  document.head.innerHTML = '<script type="module" src="/assets/index-1.js"></script>';
  open(async () => {
    throw new TypeError("404");
  });
  vi.stubGlobal("fetch", async () => new Response('<script src="/assets/index-2.js">'));
  await settled();
  await settled();
  expect(document.querySelector("[role=alert]")?.textContent).toContain("new version");
});
