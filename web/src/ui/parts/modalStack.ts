/** The modal dialogs that are open, in the order in which they were opened: all but the last one are inert. */

const open: HTMLDialogElement[] = [];

/** Show a dialog over everything else. */
export function showModal(dialog: HTMLDialogElement): void {
  dialog.showModal();
  open.push(dialog);
}

/** Close a dialog. What is under it can be used again. */
export function closeModal(dialog: HTMLDialogElement): void {
  const at = open.indexOf(dialog);
  if (at >= 0) open.splice(at, 1);
  dialog.close();
}

/** The one dialog that can be used; undefined if none is open. */
export function topModal(): HTMLDialogElement | undefined {
  return open.at(-1);
}
