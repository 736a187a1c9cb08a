/** Files that are dropped on the page: by default the browser would open them in place of the page. */
import { t } from "../../text";
import { showToast } from "../parts";

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** Refuse files that are dropped anywhere on the page, with a toast. */
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
