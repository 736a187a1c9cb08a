/** Loads the table and the picker of emoji when they are first needed. */
import type { Table } from "../../emoji/table";
import { lazyModule } from "../../platform/lazyModule";
import type { Language } from "../../text";

export const pickerModule = lazyModule(() => import("../../emoji/Picker"));
const tableModule = lazyModule(() => import("../../emoji/table"));

/** The table of emoji; null if it can not be loaded now. */
export async function loadEmojiTable(language: Language): Promise<Table | null> {
  try {
    return await (await tableModule()).emojiTable(language);
  } catch {
    return null;
  }
}
