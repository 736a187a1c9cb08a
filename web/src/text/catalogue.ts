/** What every language has to say: all that English does. */
import type { en } from "./en";

export type Catalogue = typeof en;
