/** The open modal dialogs, in the order in which they were opened. The browser makes all but the last one inert. */

const open: HTMLDialogElement[] = [];

/** Open a dialog on top of everything. */
export function showModal(dialog: HTMLDialogElement): void {
  dialog.showModal();
  open.push(dialog);
}

/** Close a dialog. */
export function closeModal(dialog: HTMLDialogElement): void {
  const at = open.indexOf(dialog);
  if (at >= 0) open.splice(at, 1);
  dialog.close();
}

/** The dialog on top; undefined if none is open. */
export function topModal(): HTMLDialogElement | undefined {
  return open.at(-1);
}
