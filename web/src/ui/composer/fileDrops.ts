/** Refuses files that are dropped on the page: otherwise the browser would leave the page and open the file. */
import { t } from "../../text";
import { showToast } from "../parts";

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** Ignore files that are dropped anywhere on the page, and show a toast. */
export function refuseFiles(page: Window): void {
  page.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  page.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    showToast(t.timeline.noFiles);
  });
}
