/** The texts of the dialogs that load when they are first opened. They load with the first of these dialogs. */
import { panels as german } from "./de/panels";
import { panels as english, type PanelTexts } from "./en/panels";
import { language } from "./index";

/** The texts in the language in use. Reading them reads a signal, as with `t`. */
export const panels: PanelTexts = new Proxy({} as PanelTexts, {
  get: (_, area) => (language() === "de" ? german : english)[area as keyof PanelTexts],
});
