/** Which of the three layouts the width of the page allows. */
import { type Accessor, createSignal } from "solid-js";

export type Screen = "phone" | "medium" | "wide";

const phone = typeof matchMedia === "undefined" ? null : matchMedia("(max-width: 640px)");
const wide = typeof matchMedia === "undefined" ? null : matchMedia("(min-width: 1100px)");
const read = (): Screen => (phone?.matches ? "phone" : wide?.matches ? "wide" : "medium");
const [screen, setScreen] = createSignal<Screen>(read());
for (const query of [phone, wide]) query?.addEventListener("change", () => setScreen(read()));

export const useScreen: Accessor<Screen> = screen;
