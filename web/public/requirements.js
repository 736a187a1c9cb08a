/* Says what the browser lacks, also to old ones: in the JavaScript of 2009. See tests/browser/test_old_browsers.py. */
(function () {
  "use strict";

  var needed = {
    "JavaScript modules": function () { return "noModule" in HTMLScriptElement.prototype; },
    "the dialog element": function () { return "showModal" in HTMLDialogElement.prototype; },
    "popovers": function () { return "showPopover" in HTMLElement.prototype; },
    "WebSocket": function () { return "send" in WebSocket.prototype; },
    "fetch": function () { return typeof fetch === "function" && typeof AbortController === "function"; },
    "ResizeObserver": function () { return typeof ResizeObserver === "function"; },
    "Intl.ListFormat": function () { return typeof Intl.ListFormat === "function"; },
    "Intl.DateTimeFormat": function () { return typeof Intl.DateTimeFormat === "function"; },
    "Array.prototype.at": function () { return "at" in Array.prototype; },
    "Array.prototype.findLast": function () { return "findLast" in Array.prototype; },
    "replaceChildren": function () { return "replaceChildren" in Element.prototype; },
    "crypto.getRandomValues": function () { return "getRandomValues" in crypto; },
    "TextEncoder": function () { return typeof TextEncoder === "function"; },
    "CSS.escape": function () { return "escape" in CSS; },
    "matchMedia": function () { return typeof matchMedia === "function"; },
    "queueMicrotask": function () { return typeof queueMicrotask === "function"; }
  };
  var german = /^de\b/i.test(navigator.language || "");
  var words = german
    ? {
        title: "Parley läuft in diesem Browser nicht",
        missing: "Der Seite fehlt etwas, das neuere Browser haben: ",
        newer: "Sie läuft in Chrome und Edge ab Version 114, in Firefox ab 125 und in Safari ab 17.",
        others: "Die anderen Zugänge kommen ohne das aus.",
        failed: "Parley konnte nicht starten",
        network: "Ein Teil der Seite kam nicht an. Vielleicht ist der Server gerade nicht erreichbar.",
        reload: "Neu laden"
      }
    : {
        title: "Parley does not run in this browser",
        missing: "The page needs something that newer browsers have: ",
        newer: "It runs in Chrome and Edge from version 114, in Firefox from 125, and in Safari from 17.",
        others: "The other ways in do without it.",
        failed: "Parley could not start",
        network: "A part of the page did not arrive. The server may be out of reach at the moment.",
        reload: "Reload"
      };

  function element(name, text, parent) {
    var made = document.createElement(name);
    made.appendChild(document.createTextNode(text));
    parent.appendChild(made);
    return made;
  }

  /** Show a title and sentences instead of the page. */
  function show(title, sentences) {
    var place = document.getElementById("app");
    if (place === null || place.firstChild !== null) return;
    var main = element("main", "", place);
    main.className = "cannot-start";
    main.setAttribute("role", "alert");
    element("h1", title, main);
    for (var at = 0; at < sentences.length; at += 1) element("p", sentences[at], main);
    element("a", words.others, element("p", "", main)).setAttribute("href", "/connect");
    element("button", words.reload, main).onclick = function () { location.reload(); };
  }

  /** Call `then` when the body of the page exists. */
  function whenReady(then) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", then, false);
    else then();
  }

  var missing = [];
  for (var name in needed) {
    try {
      if (!needed[name]()) missing.push(name);
    } catch (_) {
      missing.push(name);
    }
  }
  if (missing.length > 0) {
    // If this attribute is set, main.tsx does not start the page.
    document.documentElement.setAttribute("data-missing", missing.join(", "));
    whenReady(function () { show(words.title, [words.missing + missing.join(", ") + ".", words.newer]); });
    return;
  }

  function failed(event) {
    var target = event.target;
    var isPart = target && (target.tagName === "SCRIPT" || (target.tagName === "LINK" && target.rel === "stylesheet"));
    if (target && target !== window && !isPart) return;
    var reason = event.reason || event.error;
    whenReady(function () {
      show(words.failed, isPart ? [words.network] : [String((reason && reason.message) || event.message || reason), words.newer]);
    });
  }
  // `error` events of elements do not bubble: listen in the capture phase.
  window.addEventListener("error", failed, true);
  window.addEventListener("unhandledrejection", failed, false);
})();
