/** Copies a text, and tells the user by a toast whether that has worked. */
import { copyText } from "../../platform/clipboard";
import { t } from "../../text";
import { showToast } from "./toast";

/** @param told the text of the toast after the text was copied. */
export async function copyAndTell(text: string, told: string = t.shell.copied): Promise<void> {
  if (await copyText(text)) showToast(told);
  else showToast(t.shell.notCopied, true);
}
