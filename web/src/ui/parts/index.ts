/** The parts that everything on the page is made of. */
export { Avatar, initials, PersonAvatar } from "./Avatar";
export { Button, IconButton } from "./Button";
export { Confirm } from "./Confirm";
export { ContextMenu, type Subject } from "./ContextMenu";
export { Dialog, Holding } from "./Dialog";
export { type DurationOptions, endOf, linkDurations, restrictionDurations } from "./durations";
export { Choice, Field, Form, Select, Toggle } from "./Field";
export { Icon, type IconName } from "./icons";
export { type Loaded, load } from "./load";
export { Menu } from "./Menu";
export type { MenuItem } from "./MenuList";
export { Secret } from "./Secret";
export { type Tab, Tabs } from "./Tabs";
export { Toasts, tell, tellIfRefused, tellProblem } from "./toast";
