/** Files that are dropped on the page: the browser would go to them, and leave the page. */
import { t } from "../../text";
import { tell } from "../parts";

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** From now on nothing that is dropped leads away from the page; whoever drops a file is told. */
export function refuseFiles(page: Window): void {
  page.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  page.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    tell(t.timeline.noFiles);
  });
}
