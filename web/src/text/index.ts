/**
 * All texts of the page, in the chosen language. Components read `t.shell.rooms`; reading `t` reads a signal, so texts change
 * with the language.
 *
 * English is in the first load, and defines the type of all catalogues. Other languages are loaded when they are chosen.
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

/** The browser's variant of the language in use, for dates and times: en-GB has 24 hours, for example. */
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
 * Load the language of the page; it stays as it is if that fails. Call it before the first paint, so that nothing is shown in two
 * languages, and after each reconnect, in case it has failed before.
 */
export async function loadLanguage(): Promise<void> {
  if (wantedLanguage() !== current()) await load(wantedLanguage()).catch(() => undefined);
}

/** The sentence for a problem: the catalogue's for its code, else the server's, which is English. */
export function sentence(problem: { code: string; message: string }): string {
  return t.problems[problem.code] ?? problem.message;
}
