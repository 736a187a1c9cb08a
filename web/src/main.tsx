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
// Do not start if requirements.js has found that the browser lacks something: it shows what.
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
    // requirements.js may have shown an error there that was not the page's, such as one of an extension.
    root?.replaceChildren();
    if (root) render(() => <App />, root);
    startInstall();
    return startWorker();
  });
}
