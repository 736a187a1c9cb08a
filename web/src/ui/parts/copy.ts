/** Copying a text, and telling the user whether that has worked. */
import { copyText } from "../../platform/clipboard";
import { t } from "../../text";
import { showToast } from "./toast";

/** @param told is shown once the text is copied. */
export async function copyAndTell(text: string, told: string = t.shell.copied): Promise<void> {
  if (await copyText(text)) showToast(told);
  else showToast(t.shell.notCopied, true);
}
