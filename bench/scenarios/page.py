"""Measures the page in a browser: its size, the time to the first message, the frame rate in long rooms and floods."""

from __future__ import annotations

import gzip
import html
import http.server
import importlib.util
import itertools
import json
import os
import random
import re
import shutil
import statistics
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import conversation
from bench.browser import LAPTOP, Chromium, Inside
from bench.devtools import unwatched
from bench.options import REPOSITORY, Options
from bench.peers.contestant import Contestant
from bench.peers.parley_server import ParleyWeb
from bench.phase import Engine
from bench.process import HOST, Failed, Unavailable
from bench.samples import Measures, Samples, progress, take_turns
from bench.scenarios.posts import LOBBY, enter
from bench.section import Section, Table, at_least, at_most

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

WEIGHT_KB, FIRST_MS, SEEN_MS, KEPT, BUSY, HEAP_MB = 120, 600, 50, 0.95, 0.50, 80
RATE = 200
SPEED = 8_000
FRAME_MS = 1000 / 60
# A frame is in time if it comes a sixtieth of a second after the one before. Half a millisecond allows for jitter.
KEPT_MS = FRAME_MS + 0.5
WAIT_MS = 30_000
SETTLED_MS = 2_000  # the wait after the start of a browser, in which it finishes its own work

# Makes `window.firstMessage` the time until the first message was drawn, in milliseconds since the navigation began.
FIRST = """
window.firstMessage = new Promise((resolve) => {
  const look = () => {
    const article = document.querySelector("[role=log] article");
    const box = article?.getBoundingClientRect();
    if (!box || box.height === 0) return requestAnimationFrame(look);
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(performance.now());
    channel.port2.postMessage(null);
  };
  requestAnimationFrame(look);
});
"""

# Makes `window.opened` the milliseconds from the next click, on a room in the list, until a message of it was drawn.
OPENED = """
(name) => {
  window.opened = new Promise((resolve) => {
    addEventListener("click", (click) => {
      const look = () => {
        const log = document.querySelector("[role=log]");
        const box = log?.getBoundingClientRect();
        const isThere = log?.getAttribute("aria-label").includes(name) && [...log.querySelectorAll("article")].some(
          (each) => each.getBoundingClientRect().bottom > box.top && each.getBoundingClientRect().top < box.bottom);
        if (!isThere) return requestAnimationFrame(look);
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now() - click.timeStamp);
        channel.port2.postMessage(null);
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  });
}
"""

# Records the time of each frame in `window.frames_`, until `stopFrames` is called.
FRAMES = """
() => {
  window.frames_ = [];
  let stop = false;
  window.stopFrames = () => { stop = true; };
  const frame = (now) => {
    if (stop) return;
    window.frames_.push(now);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""

# Returns the seq of the first message that has an element in the page.
TOP = """
() => Number((document.querySelector("[role=log] article")?.dataset.row ?? "e0").slice(1))
"""


class ParleyPage(ParleyWeb):
    name = "parley-page"
    about = "Parley with its page"

    def environment(self) -> dict[str, str]:
        usual = super().environment()
        return {**usual, "PYTHONPATH": os.pathsep.join([usual["PYTHONPATH"], str(page_folder().parent)])}


def page_folder() -> Path:
    """Return the folder of the built page."""
    spec = importlib.util.find_spec("parley_web")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent
    built = REPOSITORY / "web" / "dist" / "parley_web"
    if not built.exists():
        raise Unavailable("the page was not built")
    return built


def weight(folder: Path) -> tuple[int, int]:
    """Return the bytes after gzip of the scripts and styles that index.html references, and their number."""
    names = re.findall(r'(?:src|href)="/([^"]+\.(?:js|css))"', (folder / "index.html").read_text())
    return sum(len(gzip.compress((folder / name).read_bytes(), 9)) for name in names), len(names)


def account(context: BrowserContext, port: int, name: str) -> None:
    """Register an account and join both rooms; the browser keeps the cookie."""
    base = f"http://{HOST}:{port}"
    headers = {"Origin": base}
    body = {"name": name, "password": "correct horse battery"}
    answer = context.request.post(f"{base}/api/accounts", data=body, headers=headers)
    if not answer.ok:
        raise Failed(f"no account: {answer.text()}")
    for room in conversation.ROOMS:
        answer = context.request.put(f"{base}/api/rooms/{room}/members/me", headers=headers)
        if not answer.ok:
            raise Failed(f"not in {room}: {answer.text()}")


def first_message(chromium: Chromium, port: int, name: str) -> float:
    """Return the milliseconds from a navigation to the first message, in a browser that has cached nothing."""
    with chromium.profile() as context:
        account(context, port, name)
        return until_first(context.pages[0], f"http://{HOST}:{port}/r/lobby")


def until_first(page: Page, url: str) -> float:
    """Navigate to a URL. Return the milliseconds until the first message was drawn."""
    page.add_init_script(FIRST)
    page.wait_for_timeout(SETTLED_MS)
    page.goto(url, wait_until="commit")
    return float(page.evaluate("window.firstMessage"))


class Paper(http.server.BaseHTTPRequestHandler):
    """Serves messages as a page without scripts, styles and requests: the least time to a first message."""

    body = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


def bare_first(chromium: Chromium, visits: int) -> list[float]:
    """Return the milliseconds from a navigation to the first of fifty messages in the page of `Paper`, by visit."""
    source = random.Random(1)
    text = "".join(f"<article>{html.escape(conversation.text(source))}</article>" for _ in range(50))
    Paper.body = f"<!doctype html><title>Paper</title><div role=log>{text}</div>".encode()
    with http.server.ThreadingHTTPServer((HOST, 0), Paper) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        took = []
        for _ in range(visits):
            with chromium.profile() as context:
                took.append(until_first(context.pages[0], f"http://{HOST}:{server.server_port}/"))
        server.shutdown()
    return took


def go(page: Page, name: str) -> float:
    """Click on a room in the list. Return the milliseconds until a message of it was drawn."""
    page.evaluate(OPENED, name)
    page.locator(f'#rooms a[data-row]:has([title="{name}"])').click()
    took = float(page.evaluate("window.opened"))
    page.wait_for_timeout(250)
    return took


def frames(page: Page, inside: Inside, work: Any) -> tuple[list[float], float]:
    """Run `work`. Return the milliseconds between frames during it, and the share of time the main thread was busy."""
    page.evaluate(FRAMES)
    before = inside.metrics()
    work()
    after = inside.metrics()
    times: list[float] = page.evaluate("() => { window.stopFrames(); return window.frames_; }")
    busy = (after["TaskDuration"] - before["TaskDuration"]) / (after["Timestamp"] - before["Timestamp"])
    return [b - a for a, b in itertools.pairwise(times)], busy


def kept(deltas: Sequence[float]) -> float:
    """Return the share of frames that were in time (KEPT_MS)."""
    return sum(delta <= KEPT_MS for delta in deltas) / len(deltas)


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def bare_frames(page: Page, inside: Inside, pixels: float) -> Measures:
    """Measure the same scrolling in an empty page, as a bound for what the browser can do."""
    page.goto("about:blank")
    page.evaluate("(height) => { document.body.style.height = `${height}px`; scrollTo(0, height); }", pixels + 2000)
    page.wait_for_timeout(300)
    deltas, busy = frames(page, inside, lambda: inside.scroll(640, 400, pixels, SPEED))
    return {
        "bare_kept": kept(deltas),
        "bare_p99": percentile(deltas, 0.99),
        "bare_max": max(deltas),
        "bare_busy": busy,
    }


def scrolling(page: Page, inside: Inside, messages: int) -> Measures:
    """Measure the frames while scrolling up, until this many messages have passed."""
    begun = page.evaluate(TOP)
    all_deltas: list[float] = []
    busy = []
    for _ in range(100):
        deltas, share = frames(page, inside, lambda: inside.scroll(760, 400, 5 * SPEED, SPEED))
        all_deltas += deltas
        busy.append(share)
        if begun - page.evaluate(TOP) >= messages:
            break
    gone = begun - page.evaluate(TOP)
    if gone < messages:
        raise Failed(f"only {gone} messages went by")
    return {
        "scrolled": gone,
        "scroll_kept": kept(all_deltas),
        "scroll_p99": percentile(all_deltas, 0.99),
        "scroll_max": max(all_deltas),
        "scroll_busy": statistics.mean(busy),
    }


def whole_history(page: Page, inside: Inside) -> Measures:
    """Scroll up through the whole history, then measure the memory."""
    begin = time.monotonic()
    page.evaluate(
        """async () => {
          const log = document.querySelector("[role=log]");
          const first = () => Number((log.querySelector("article")?.dataset.row ?? "e0").slice(1));
          while (first() > 12) {
            log.scrollTop = 0;
            await new Promise((resolve) => requestAnimationFrame(resolve));
          }
        }"""
    )
    took = time.monotonic() - begin
    page.wait_for_timeout(1000)
    return {"heap": inside.heap(), "nodes": inside.metrics()["Nodes"], "through": took}


class Flood:
    """Guests who send messages over HTTP at a fixed rate, for some seconds."""

    def __init__(self, port: int, seconds: float) -> None:
        self.askers = enter(port, 4)
        self.seconds = seconds
        self.said = 0
        self.late = 0.0
        self.fault: BaseException | None = None
        self.thread = threading.Thread(target=self._run)

    def __enter__(self) -> Flood:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.join()
        for submitter in self.askers:
            submitter.close()

    def _run(self) -> None:
        source = random.Random(2)
        begin = time.perf_counter()
        try:
            for number in range(int(self.seconds * RATE)):
                wait = begin + number / RATE - time.perf_counter()
                if wait > 0:
                    time.sleep(wait)
                self.late = max(self.late, -wait)
                submitter = self.askers[source.randrange(4)]
                key = {"Idempotency-Key": f"flood-{number:08d}"}
                submitter.ask("POST", f"{LOBBY}/messages", {"text": conversation.text(source)}, **key)
                self.said += 1
        except BaseException as fault:
            self.fault = fault


# Register an account and join all rooms; the browser keeps the cookie.
COME_IN = """
(async () => {
  const ask = async (method, path, body) => {
    const answer = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body });
    if (!answer.ok) throw new Error(await answer.text());
  };
  await ask("POST", "/api/accounts", JSON.stringify({ name: "watcher", password: "correct horse battery" }));
  for (const room of %s) await ask("PUT", `/api/rooms/${room}/members/me`);
})()
"""

AT_END = """
(() => { const log = document.querySelector("[role=log]");
         return log.scrollHeight - log.scrollTop - log.clientHeight < 2; })()
"""


def flood(chromium: Chromium, port: int, warm: float, seconds: float) -> Measures:
    """Measure how busy the page's main thread is while many messages arrive in the open room, scrolled to its end."""
    parts = ("TaskDuration", "ThreadTime", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
    base = f"http://{HOST}:{port}"
    with unwatched(chromium.path, chromium.work, **LAPTOP) as page:
        inside = Inside(page)
        page.goto(base)
        page.evaluate(COME_IN % json.dumps(conversation.ROOMS))
        page.goto(f"{base}/r/lobby")
        page.wait_until("document.querySelector('[role=log] article') !== null")
        time.sleep(SETTLED_MS * 2 / 1000)
        with Flood(port, warm + seconds + 1) as sender:
            time.sleep(warm)
            before, said = inside.metrics(), sender.said
            time.sleep(seconds)
            after, more = inside.metrics(), sender.said - said
        if sender.fault is not None:
            raise Failed(f"the flood ended: {sender.fault}")
        time.sleep(1)
        if not page.evaluate(AT_END):
            raise Failed("the reader was left behind")
    took = after["Timestamp"] - before["Timestamp"]
    out = {name: (after[name] - before[name]) / took for name in parts}
    return {
        "arrived": more / took,
        "busy": out["TaskDuration"],
        "cpu": out["ThreadTime"],
        "script": out["ScriptDuration"],
        "layout": out["LayoutDuration"],
        "style": out["RecalcStyleDuration"],
        "late": sender.late,
    }


def run(options: Options, engine: Engine) -> Section:
    events = int(options.pick(20_000, 100_000))
    messages = int(options.pick(2_000, 10_000))
    visits = int(options.pick(3, 5))
    switches = int(options.pick(8, 20))
    warm, seconds = options.pick(3, 5), options.pick(5, 10)
    filled = options.work / "page"
    shutil.rmtree(filled, ignore_errors=True)
    weighed: list[Measures] = []

    def measure(contestant: Contestant) -> Measures:
        assert isinstance(contestant, ParleyPage)
        contestant.stop_server()
        if not filled.exists():
            begin = time.monotonic()
            conversation.fill(filled, events)
            progress(f"  {len(conversation.ROOMS)} x {events:,} events written in {time.monotonic() - begin:.1f} s")
        shutil.rmtree(contestant.data, ignore_errors=True)
        shutil.copytree(filled, contestant.data)
        contestant.healthy_after()
        port = contestant.port
        with Chromium(options.work) as chromium:
            first = [first_message(chromium, port, f"visitor{number}") for number in range(visits)]
            paper = bare_first(chromium, visits)
            with chromium.profile() as context:
                account(context, port, "reader")
                page = context.pages[0]
                page.set_default_timeout(WAIT_MS)
                inside = Inside(page)
                out = bare_frames(page, inside, 5 * SPEED)
                page.goto(f"http://{HOST}:{port}/r/lobby")
                page.locator("[role=log] article").first.wait_for()
                page.wait_for_timeout(2 * SETTLED_MS)  # wait until the service worker has cached the page
                go(page, "workshop")
                go(page, "lobby")
                seen = [go(page, conversation.ROOMS[(number + 1) % 2]) for number in range(switches)]
                out |= scrolling(page, inside, messages)
                if not weighed:  # measure it once: it takes a minute, and the result is the same in each run
                    weighed.append(whole_history(page, inside))
                    out |= weighed[0]
            out |= flood(chromium, port, warm, seconds)
        return out | {
            "first": statistics.median(first),
            "bare_first": statistics.median(paper),
            "first_max": max(first),
            "seen": statistics.median(seen),
            "seen_p95": percentile(seen, 0.95),
        }

    samples = take_turns(options, [ParleyPage], measure)
    shutil.rmtree(filled, ignore_errors=True)
    return section(samples, events, messages, visits, switches, seconds)


def section(samples: Samples, events: int, messages: int, visits: int, switches: int, seconds: float) -> Section:
    name = ParleyPage.name

    def cell(measure: str, scale: float = 1, digits: int = 0) -> str:
        return samples.cell(name, measure, scale, digits)

    def median(measure: str, scale: float = 1) -> float | None:
        value = samples.median(name, measure)
        return None if value is None else value * scale

    try:
        size, parts = weight(page_folder())
    except Unavailable:
        size, parts = 0, 0
    kilobytes = size / 1024 if size else None
    opening = [
        [f"first load, {parts} files, KB gzip", "-" if kilobytes is None else f"{kilobytes:.1f}"],
        ["first message, ms", cell("first")],
        ["the slowest of them, ms", cell("first_max")],
        ["the same of nothing but text, ms", cell("bare_first")],
        ["a room already seen, ms", cell("seen", 1, 1)],
        ["the slowest twentieth of them, ms", cell("seen_p95", 1, 1)],
        ["heap after going through the whole room, MB", cell("heap", 1e-6, 1)],
        ["elements and texts in memory then", cell("nodes")],
    ]
    smooth = [
        [
            shown,
            cell(f"{of}kept", 100, 1),
            cell(f"{of}p99", 1, 1),
            cell(f"{of}max", 1, 1),
            cell(f"{of}busy", 100),
        ]
        for shown, of in (("the page", "scroll_"), ("nothing", "bare_"))
    ]
    shares = [cell(measure, 100) for measure in ("busy", "cpu", "script", "layout", "style")]
    return Section(
        f"The page: rooms with {events:,} events in a browser",
        "The built page in Chromium without a window, 1280 x 800, drawing in software, on the same machine as the "
        "server. *First message*: from the navigation to a room until a frame with a message in it was drawn, with a "
        "new profile on disk (no cache, nothing stored) and the cookie of an account, two seconds after the browser "
        f"began; the median of {visits} in each run; *nothing but text* is a page of fifty such messages without "
        "script and style, in the same browser. *A room already seen*: from the click in the list of rooms until "
        f"a frame with its messages was drawn, the median of {switches}. *Frames*: the wheel is turned at {SPEED:,} "
        f"pixels a second until {messages:,} messages have gone by; a frame is in time if the next one comes within a "
        "sixtieth of a second (and half a millisecond for the clock), by the times that `requestAnimationFrame` gives; "
        "*nothing* is the same over an empty page in the same browser. *A flood*: "
        f"{RATE} messages a second come into the open room from four people, and the "
        f"reader is at its end; busy is the share of {seconds:g} seconds, by the clock, that the page's main thread "
        "was at work (`TaskDuration`), once the flood has lasted a while, in a browser that nothing but these figures "
        "is asked of. *Heap*: JavaScript's, after the garbage is "
        f"collected, when the reader has gone up through all {events:,} events, which is done once.",
        [
            Table(["", "measured"], opening, "Opening and memory"),
            Table(
                ["scrolled", "frames in time %", "p99 ms", "longest ms", "main thread busy %"],
                smooth,
                f"Frames while {messages:,} messages go by",
            ),
            Table(
                ["messages/s", "busy %", "its CPU %", "scripts %", "layout %", "styles %"],
                [[cell("arrived"), *shares]],
                "A flood: the main thread",
            ),
        ],
        [
            at_most("first load before lazy parts", kilobytes, WEIGHT_KB, "{:.1f} KB"),
            at_most("first message", median("first"), FIRST_MS, "{:,.0f} ms"),
            at_most("a room already seen", median("seen"), SEEN_MS, "{:,.0f} ms"),
            at_least("frames in time", median("scroll_kept", 100), KEPT * 100, "{:.1f} %"),
            at_most(f"main thread at {RATE} messages/s", median("busy", 100), BUSY * 100, "{:.0f} %"),
            at_most("heap", median("heap", 1e-6), HEAP_MB, "{:.1f} MB"),
        ],
        samples.notes(),
    )
