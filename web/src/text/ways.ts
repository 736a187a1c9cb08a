/** The texts on how others get into the server. They load with the parts that show them: few visits need them. */
import { ways as german } from "./de/ways";
import { ways as english } from "./en/ways";
import { language } from "./index";

type Ways = Readonly<Record<keyof typeof english, string>>;

/** The texts in the language in use. Reading them reads a signal, as with `t`. */
export const ways = (): Ways => (language() === "de" ? german : english);
