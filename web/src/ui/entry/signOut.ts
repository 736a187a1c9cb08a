/** Sign-out: ends the session on the server, and removes the user's data from this device. */
import { entry } from "../../api/entry";
import { clearPersonal } from "../../platform/storage";
import { engine } from "../../state";
import { showProblem } from "../parts";
import { navigate, openPanel } from "../places/router";

/** Sign out. First ask guests, who can not come back as the same user, and users with unsent messages, which would be lost. */
export async function signOut(): Promise<void> {
  if (engine.me()?.role === "guest" || engine.unsent() > 0) openPanel("leave");
  else await end();
}

/** Sign out without asking. */
export async function end(): Promise<void> {
  const answer = await entry.signOut();
  // After any other problem go on: the server has refused because the session has already ended.
  if (!answer.ok && answer.problem.code === "offline") return showProblem(answer.problem);
  await engine.forget();
  clearPersonal();
  navigate("/", { replace: true });
  engine.identityChanged();
}
