/** The entry screen: loaded when nobody is known here. */
import { lazyModule } from "../../platform/lazyModule";

export const entryModule = lazyModule(() => import("./Entry"));
