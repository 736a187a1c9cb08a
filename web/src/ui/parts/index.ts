/** The parts that the page's first load needs. Import the others from their own files, to keep them out of the first load. */
export { Avatar, initials, PersonAvatar } from "./Avatar";
export { Button, IconButton } from "./Button";
export { ContextMenu, type Subject } from "./ContextMenu";
export { copyAndTell } from "./copy";
export { Dialog } from "./Dialog";
export { Field, Form } from "./Field";
export { Icon, type IconName } from "./icons";
export { lazyDialog, loadPart, PartFailure, PartLoading } from "./LazyPart";
export { type Loaded, load } from "./load";
export { Menu } from "./Menu";
export type { MenuItem } from "./MenuList";
export { showProblem, showRefusal, showToast, Toasts } from "./toast";
