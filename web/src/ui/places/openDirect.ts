/** Opens the direct room with a person; the server makes it if there is none. */
import { engine } from "../../state";
import { showRefusal } from "../parts";
import { openAndWrite } from "./currentRoom";

export async function openDirectWith(name: string): Promise<void> {
  const id = await showRefusal(engine.openDirect([name]));
  if (id !== undefined) openAndWrite(id);
}
