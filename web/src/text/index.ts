/**
 * All texts of the page, in the chosen language. Components read `t.shell.rooms`; reading `t` reads a signal, so texts change
 * with the language.
 *
 * English is part of the page's first load, and defines the type of all catalogues. Other languages are loaded when they are used.
 */
import { createSignal } from "solid-js";
import { lazyModule } from "../platform/lazyModule";
import { readStored, writeStored } from "../platform/storage";
import { type Catalogue, en } from "./en";

export type Language = "en" | "de";

/** The available languages, each by its own name. */
export const LANGUAGES: readonly (readonly [Language, string])[] = [
  ["en", "English"],
  ["de", "Deutsch"],
];

const german = lazyModule(() => import("./de"));

const KEPT = "parley.language";
const [catalogue, setCatalogue] = createSignal<Catalogue>(en);
const [current, setCurrent] = createSignal<Language>("en");

/** The catalogue in use. */
export const t: Catalogue = new Proxy({} as Catalogue, { get: (_, area) => catalogue()[area as keyof Catalogue] });

/** The language in use (BCP 47). */
export const language = current;

/** The variant of the page's language that the browser prefers, for dates and times: en-GB shows 14:05, en-US 2:05 PM. */
export function locale(): string {
  const base = current();
  return (globalThis.navigator?.languages ?? []).find((tag) => tag.toLowerCase().split("-")[0] === base) ?? base;
}

/** The first of the wanted languages that is available; English if none is. */
export function pick(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split("-")[0];
    const found = LANGUAGES.find(([code]) => code === base);
    if (found) return found[0];
  }
  return "en";
}

async function load(wanted: Language): Promise<void> {
  const loaded = wanted === "de" ? (await german()).de : en;
  setCurrent(wanted);
  setCatalogue(() => loaded);
  if (typeof document !== "undefined") document.documentElement.lang = wanted;
}

/** The language that was chosen on this device; null for the browser's language. */
export function chosenLanguage(): Language | null {
  const wanted = readStored(KEPT);
  return LANGUAGES.find(([code]) => code === wanted)?.[0] ?? null;
}

/**
 * Choose a language on this device; null for the browser's language.
 * @throws if it can not be loaded now. Then nothing changes.
 */
export async function setLanguage(wanted: Language | null): Promise<void> {
  await load(wanted ?? pick(navigator.languages));
  writeStored(KEPT, wanted || null);
}

/** The language that the page should have. */
const wantedLanguage = (): Language => chosenLanguage() ?? pick(navigator.languages);

/**
 * Load the language that the page should have; if that fails, the language stays as it is. Call this before the first paint, so
 * that the texts do not change before the user's eyes, and after each reconnect, in case an earlier call has failed.
 */
export async function loadLanguage(): Promise<void> {
  if (wantedLanguage() !== current()) await load(wantedLanguage()).catch(() => undefined);
}

/** The sentence for a problem: the one of the catalogue for its code; if there is none, the server's English one. */
export function sentence(problem: { code: string; message: string }): string {
  return t.problems[problem.code] ?? problem.message;
}
