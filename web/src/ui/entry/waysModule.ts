/** How others get into the server: loaded when somebody is alone there, or has just become its owner. */
import { lazyModule } from "../../platform/lazyModule";

export const waysModule = lazyModule(() => import("./waysParts"));
