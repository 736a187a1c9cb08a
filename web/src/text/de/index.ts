import type { Catalogue } from "../en";
import { problems } from "./problems";
import { shell } from "./shell";
import { timeline } from "./timeline";

export const de: Catalogue = { shell, timeline, problems };
