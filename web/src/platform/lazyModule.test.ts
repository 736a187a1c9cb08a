// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { isPageReplaced, lazyModule } from "./lazyModule";

// happy-dom loads no files. Make it treat each as loaded, instead of reporting an error.
(window as unknown as { happyDOM: { settings: Record<string, boolean> } }).happyDOM.settings[
  "handleDisabledFileLoadingAsSuccess"
] = true;

afterEach(() => {
  document.head.replaceChildren();
  vi.unstubAllGlobals();
});

test("a module is loaded once; after a failure the next call tries again", async () => {
  let isAway = true;
  const load = vi.fn(async () => {
    if (isAway) throw new TypeError("Failed to fetch dynamically imported module");
    return { a: 1 };
  });
  const part = lazyModule(load);
  expect(load).not.toHaveBeenCalled();
  await expect(part()).rejects.toThrow("Failed to fetch");
  expect(part.loaded).toBeUndefined();
  isAway = false;
  const both = Promise.all([part(), part()]);
  expect(await both).toEqual([{ a: 1 }, { a: 1 }]);
  expect(load).toHaveBeenCalledTimes(2);
  expect(part.loaded).toEqual({ a: 1 });
});

test("a style sheet that has failed is loaded again before the part", async () => {
  const part = lazyModule(async () => "part");
  await part();
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "/assets/part.css";
  document.head.append(style);
  style.dispatchEvent(new Event("error"));
  const again = lazyModule(async () => "again");
  let loading = again();
  await Promise.resolve();
  const second = document.head.querySelector("link");
  expect(second).not.toBe(style);
  expect(second?.getAttribute("href")).toBe("/assets/part.css");
  second?.dispatchEvent(new Event("error"));
  await expect(loading).rejects.toThrow("part.css");
  loading = again();
  await Promise.resolve();
  document.head.querySelector("link")?.dispatchEvent(new Event("load"));
  expect(await loading).toBe("again");
});

test("the page is replaced if the server's page has another entry", async () => {
  document.head.innerHTML = '<script type="module" src="/assets/index-1.js"></script>';
  const answer = (text: string, status = 200) => vi.stubGlobal("fetch", async () => new Response(text, { status }));
  answer('<script type="module" src="/assets/index-1.js"></script>');
  expect(await isPageReplaced()).toBe(false);
  answer('<script type="module" src="/assets/index-2.js"></script>');
  expect(await isPageReplaced()).toBe(true);
  answer("busy", 503);
  expect(await isPageReplaced()).toBe(false);
});
