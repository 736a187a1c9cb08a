/** Going: the session ends on the server, and what this device kept of it is forgotten. */
import { entry } from "../../api/entry";
import { clearPersonal } from "../../platform/storage";
import { engine } from "../../state";
import { tellProblem } from "../parts";
import { navigate, openPanel } from "../places/router";

/** Sign out. Whoever would lose something is asked first: a guest, and who has written what is not sent. */
export async function signOut(): Promise<void> {
  if (engine.me()?.role === "guest" || engine.unsent() > 0) openPanel("leave");
  else await end();
}

/** Sign out without asking. */
export async function end(): Promise<void> {
  const answer = await entry.signOut();
  // A session that is over already is what was wanted.
  if (!answer.ok && answer.problem.code === "offline") return tellProblem(answer.problem);
  await engine.forget();
  clearPersonal();
  navigate("/", { replace: true });
  engine.identityChanged();
}
