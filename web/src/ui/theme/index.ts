/** The settings of the page's look, stored on this device: theme, density, motion. */
import { createEffect, createRoot, createSignal } from "solid-js";
import { readStored, writeStored } from "../../platform/storage";

export type Theme = "system" | "light" | "dark" | "contrast";
export type Density = "comfortable" | "compact";
export type Motion = "system" | "reduced";

function storedSetting<T extends string>(
  key: string,
  known: readonly T[],
  otherwise: T,
): readonly [() => T, (value: T) => void] {
  const read = (): T => {
    const value = readStored(key);
    return known.find((each) => each === value) ?? otherwise;
  };
  const [value, setValue] = createSignal<T>(read());
  if (typeof window !== "undefined")
    // Another tab has changed the setting.
    window.addEventListener("storage", (event) => {
      if (event.key === key) setValue(() => read());
    });
  return [
    value,
    (next) => {
      writeStored(key, next);
      setValue(() => next);
    },
  ];
}

export const [theme, setTheme] = storedSetting<Theme>(
  "parley.theme",
  ["system", "light", "dark", "contrast"],
  "system",
);
export const [density, setDensity] = storedSetting<Density>(
  "parley.density",
  ["comfortable", "compact"],
  "comfortable",
);
export const [motion, setMotion] = storedSetting<Motion>("parley.motion", ["system", "reduced"], "system");

/** Apply the settings to `<html>`, now and whenever they or the system's settings change. */
export function startTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const more = matchMedia("(prefers-contrast: more)");
  const [system, setSystem] = createSignal<Exclude<Theme, "system">>("light");
  const follow = (): void => {
    setSystem(more.matches ? "contrast" : dark.matches ? "dark" : "light");
  };
  follow();
  dark.addEventListener("change", follow);
  more.addEventListener("change", follow);
  createRoot(() =>
    createEffect(() => {
      const root = document.documentElement;
      const wanted = theme();
      root.dataset.theme = wanted === "system" ? system() : wanted;
      root.dataset.density = density();
      root.dataset.motion = motion();
      const paper = getComputedStyle(root).getPropertyValue("--paper").trim();
      for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) meta.content = paper;
    }),
  );
}
