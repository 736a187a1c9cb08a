/** Write to somebody: their conversation is opened, and made if there is none. */
import { engine } from "../../state";
import { tellIfRefused } from "../parts";
import { openNew } from "./currentRoom";

export async function writeTo(name: string): Promise<void> {
  const id = await tellIfRefused(engine.openDirect([name]));
  if (id !== undefined) openNew(id);
}
