/** The parts of the interface that the first load needs. Other parts are imported from their own files, and load with their users. */
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
