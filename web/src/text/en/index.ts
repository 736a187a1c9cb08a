import { problems } from "./problems";
import { shell } from "./shell";
import { timeline } from "./timeline";

export const en = { shell, timeline, problems };

/** What every language has to provide: everything that English does. */
export type Catalogue = typeof en;
