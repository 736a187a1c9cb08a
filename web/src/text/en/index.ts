import { problems } from "./problems";
import { shell } from "./shell";
import { timeline } from "./timeline";

export const en = { shell, timeline, problems };
