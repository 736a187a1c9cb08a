import { problems } from "./problems";
import { shell } from "./shell";
import { timeline } from "./timeline";

export const en = { shell, timeline, problems };

/** The type of a language's texts: each language has all texts that English has. */
export type Catalogue = typeof en;
