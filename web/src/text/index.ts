/**
 * Everything that the page says to people, in their language. Components write `t.shell.rooms`; what they show changes when
 * the language does, as reading `t` is reading a signal.
 *
 * English is in the first load and is what the types are made of; other languages are fetched when they are chosen.
 */
import { createSignal } from "solid-js";
import { readStored, writeStored } from "../platform/storage";
import { type Catalogue, en } from "./en";

export type Language = "en" | "de";

/** The languages there are, in their own words. */
export const LANGUAGES: readonly (readonly [Language, string])[] = [
  ["en", "English"],
  ["de", "Deutsch"],
];

const KEPT = "parley.language";
const [catalogue, setCatalogue] = createSignal<Catalogue>(en);
const [current, setCurrent] = createSignal<Language>("en");

/** The catalogue in use. */
export const t: Catalogue = new Proxy({} as Catalogue, { get: (_, area) => catalogue()[area as keyof Catalogue] });

/** The language in use, as BCP 47 calls it. */
export const language = current;

/** The browser's own variant of the language in use, e.g. en-GB for its 24 hours; for dates and times. */
export function locale(): string {
  const base = current();
  return (globalThis.navigator?.languages ?? []).find((tag) => tag.toLowerCase().split("-")[0] === base) ?? base;
}

/** A date and a time, in the language of the page. */
export function dateTime(at: number, dateStyle: "short" | "medium" = "medium"): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle, timeStyle: "short" }).format(at);
}

/** The first of the wanted languages that there is; English if none. */
export function pick(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split("-")[0];
    const found = LANGUAGES.find(([code]) => code === base);
    if (found) return found[0];
  }
  return "en";
}

async function load(wanted: Language): Promise<void> {
  const loaded = wanted === "de" ? (await import("./de")).de : en;
  setCurrent(wanted);
  setCatalogue(() => loaded);
  if (typeof document !== "undefined") document.documentElement.lang = wanted;
}

/** The language that was chosen here, or null: then it is the browser's. */
export function chosenLanguage(): Language | null {
  const wanted = readStored(KEPT);
  return LANGUAGES.find(([code]) => code === wanted)?.[0] ?? null;
}

/** Choose a language, on this device; null: the browser's. */
export async function setLanguage(wanted: Language | null): Promise<void> {
  writeStored(KEPT, wanted || null);
  await load(wanted ?? pick(navigator.languages));
}

/** Load the language to begin with. Before the first paint, so that nothing is shown in two languages. */
export async function startLanguage(): Promise<void> {
  await load(chosenLanguage() ?? pick(navigator.languages)).catch(() => undefined);
}

/**
 * What to tell people of a problem: the server's sentence, or, in another language than the server's, our own for its code
 * where there is one.
 */
export function sentence(problem: { code: string; message: string }): string {
  return t.problems[problem.code] ?? problem.message;
}
