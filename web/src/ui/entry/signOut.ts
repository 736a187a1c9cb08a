/** Signing out: ends the session on the server, and removes the user's data from this device. */
import { entry } from "../../api/entry";
import { clearPersonal } from "../../platform/storage";
import { engine } from "../../state";
import { showProblem } from "../parts";
import { navigate, openPanel } from "../places/router";

/** Sign out. Guests, and users with unsent messages, would lose something: ask them first. */
export async function signOut(): Promise<void> {
  if (engine.me()?.role === "guest" || engine.unsent() > 0) openPanel("leave");
  else await end();
}

/** Sign out without asking. */
export async function end(): Promise<void> {
  const answer = await entry.signOut();
  // Any other problem means that the session has already ended.
  if (!answer.ok && answer.problem.code === "offline") return showProblem(answer.problem);
  await engine.forget();
  clearPersonal();
  navigate("/", { replace: true });
  engine.identityChanged();
}
