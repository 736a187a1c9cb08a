import "./ui/theme/tokens.css";
import "./ui/theme/base.css";
import { render } from "solid-js/web";
import { startInputMethodFilter } from "./platform/inputMethod";
import { startInstall } from "./platform/install";
import { startPrinting } from "./platform/printing";
import { startWorker } from "./platform/serviceWorker";
import { startTimeZone } from "./platform/timeZone";
import { startEngine } from "./state";
import { loadLanguage } from "./text";
import { refuseFiles } from "./ui/composer/fileDrops";
import { App } from "./ui/page/App";
import { startRouter } from "./ui/places/router";
import { startTheme } from "./ui/theme";

startInputMethodFilter();
// requirements.js has found something missing, and says so.
if (document.documentElement.dataset["missing"] === undefined) {
  startTheme();
  refuseFiles(window);
  startRouter();
  startTimeZone();
  startPrinting();
  startEngine();
  // Not awaited: a module that waits at its top level blocks the modules that import it.
  void loadLanguage().then(() => {
    const root = document.getElementById("app");
    // An error of something else, such as an extension, may have been shown there.
    root?.replaceChildren();
    if (root) render(() => <App />, root);
    startInstall();
    return startWorker();
  });
}
