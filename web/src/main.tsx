import "./ui/theme/tokens.css";
import "./ui/theme/base.css";
import { render } from "solid-js/web";
import { App } from "./app";
import { startWorker } from "./pwa";
import { startRouter } from "./router";
import { startEngine } from "./state";
import { startLanguage } from "./text";
import { refuseFiles } from "./ui/composer/dropping";
import { startTheme } from "./ui/theme";

startTheme();
refuseFiles(window);
startRouter();
startEngine();
// Not awaited: a part that waits here would keep the ones it imports from waiting for it in turn.
void startLanguage().then(() => {
  const root = document.getElementById("app");
  if (root) render(() => <App />, root);
  return startWorker();
});
