"""Looks at a report.html in headless Chromium, driven by chromedriver: python3 report.py REPORT [PICTURE]

What must hold: no network, no complaint of the browser; filter, search and
language work; everything can be done from the keyboard; contrast is that of
WCAG AA; on paper nothing is missing. Standard library only.
"""

import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

ENTER, TAB, SPACE = "\ue007", "\ue004", " "

# Text that is shown, its colour and the first background behind it.
CONTRAST = """
const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
const shade = ([r, g, b]) => {
  const part = (c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
};
const bad = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let count = 0;
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('script,style')) continue;
  let behind = element;
  let ground = [255, 255, 255];
  for (; behind; behind = behind.parentElement) {
    const found = rgb(getComputedStyle(behind).backgroundColor);
    if (found.length === 3 || found[3] > 0) { ground = found; break; }
  }
  const style = getComputedStyle(element);
  const [a, b] = [shade(rgb(style.color)), shade(ground)];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
  count += 1;
  if (ratio < (large ? 3 : 4.5)) bad.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}`);
}
return [count, [...new Set(bad)]];
"""


class Browser:
    """A browser behind chromedriver."""

    def __init__(self, folder):
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True
        )
        # "ChromeDriver was started successfully on port 12345."
        for line in self.driver.stdout:
            if "successfully on port" in line:
                port = line.rsplit("port", 1)[1].strip(" .\n")
                break
        else:
            raise SystemExit("chromedriver did not start")
        self.base = f"http://127.0.0.1:{port}/session"
        arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={folder}", "--window-size=1200,1600", "--lang=en",
        ]
        options = {
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        made = self.call("", {"capabilities": {"alwaysMatch": options}})
        self.base += "/" + made["sessionId"]

    def call(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{path}: {error.read().decode()[:500]}") from None

    def script(self, text):
        return self.call("/execute/sync", {"script": text, "args": []})

    def keys(self, *keys):
        actions = [
            {"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")
        ]
        self.call("/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def devtools(self, command, **parameters):
        return self.call("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def log(self, kind):
        return self.call("/se/log", {"type": kind})

    def close(self):
        self.call("", method="DELETE")
        self.driver.terminate()
        self.driver.wait()


def expect(holds, words):
    """Says what holds, or ends."""
    if not holds:
        raise SystemExit(f"report.html: {words}: not so")
    print(f"report.html: {words}")


def shown(browser):
    return browser.script(
        "return [...document.querySelectorAll('details.case')].filter(one => one.checkVisibility()).length"
    )


def look(browser, report, picture):
    page = pathlib.Path(report).resolve().as_uri()
    # What the browser's own first page asks for is no matter here.
    browser.call("/url", {"url": "about:blank"})
    browser.log("performance")
    browser.call("/url", {"url": page})
    everything = shown(browser)
    expect(everything > 0, f"{everything} cases are shown")

    # The language.
    first = browser.script("return document.querySelector('h1').innerText")
    browser.script("document.getElementById('language').click()")
    second = browser.script("return document.querySelector('h1').innerText")
    expect({first, second} == {"Conformance report", "Báo cáo kiểm thử hợp quy"}, "two languages")
    other = browser.script(
        "return [...document.querySelectorAll('[lang]:not(html)')].filter(one => one.lang !== document.documentElement.lang && one.checkVisibility()).length"
    )
    expect(other == 0, "one language at a time")

    # Search: by id, and in Vietnamese without its marks.
    name = browser.script("return document.querySelector('details.case').id")
    search = "const box = document.getElementById('search'); box.value = %s; box.dispatchEvent(new Event('input')); "
    browser.script(search % json.dumps(name))
    expect(1 <= shown(browser) <= everything, f"search finds {name}")
    browser.script(search % json.dumps("no such words anywhere"))
    expect(shown(browser) == 0, "a search that finds nothing shows nothing")
    expect(
        browser.script("return document.getElementById('nothing').checkVisibility()"),
        "and says so",
    )
    browser.script(search % json.dumps("van ban"))
    expect(shown(browser) > 0, "search takes Vietnamese without marks")
    browser.script(search % '""')

    # The filter.
    click = "document.querySelector('input[value=\"%s\"]').click(); "
    musts = browser.script(
        "return document.querySelectorAll('details.case[data-level=MUST]').length"
    )
    browser.script(click % "MUST")
    expect(shown(browser) == everything - musts, "the filter hides MUST")
    browser.script(click % "MUST")
    expect(shown(browser) == everything, "and shows it again")

    # The keyboard alone: to the first case, open it, close it.
    browser.script("document.body.focus(); window.scrollTo(0, 0)")
    for _ in range(200):
        browser.keys(TAB)
        if browser.script("return document.activeElement.tagName") == "SUMMARY":
            break
    expect(
        browser.script("return document.activeElement.tagName") == "SUMMARY",
        "Tab leads to the first case",
    )
    outline = browser.script("return getComputedStyle(document.activeElement).outlineStyle")
    expect(outline == "solid", "what has the focus is marked")
    browser.keys(ENTER)
    expect(
        browser.script("return document.activeElement.parentElement.open"),
        "Enter opens the case",
    )
    browser.keys(SPACE)
    expect(
        not browser.script("return document.activeElement.parentElement.open"),
        "Space closes it",
    )

    # Contrast, with everything open.
    browser.script("document.getElementById('open').click()")
    count, bad = browser.script(CONTRAST)
    expect(count > 50 and not bad, f"contrast of {count} texts is that of WCAG AA {bad}")
    wide = browser.script(
        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    expect(wide, "nothing runs out of the window")
    names = browser.script(
        "return [...document.querySelectorAll('input, button, a')].filter(one => !one.textContent.trim() && !(one.labels && one.labels.length)).length"
    )
    expect(names == 0, "every control has a name")

    # Paper.
    browser.script("document.getElementById('close').click(); dispatchEvent(new Event('beforeprint'))")
    browser.devtools("Emulation.setEmulatedMedia", media="print")
    inside = browser.script(
        "return [...document.querySelectorAll('details.case .inside')].every(one => one.checkVisibility())"
    )
    expect(inside, "on paper every case lies open")
    tools = browser.script("return document.querySelector('.tools').checkVisibility()")
    expect(not tools, "and the filter is not there")
    browser.devtools("Emulation.setEmulatedMedia", media="")
    browser.script("dispatchEvent(new Event('afterprint'))")

    # Complaints, and the network.
    complaints = [line["message"] for line in browser.log("browser")]
    expect(not complaints, f"no complaint of the browser {complaints}")
    asked = set()
    for line in browser.log("performance"):
        message = json.loads(line["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.add(message["params"]["request"]["url"].split("#")[0][:80])
    others = [url for url in asked if not url.startswith(("file:", "data:", "about:"))]
    expect(not others, f"no network {others}")

    if picture:
        browser.call("/window/rect", {"width": 1200, "height": 1600})
        browser.script("window.scrollTo(0, 0)")
        png = browser.call("/screenshot", method="GET")
        pathlib.Path(picture).write_bytes(base64.b64decode(png))


def main():
    report = sys.argv[1]
    picture = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            look(browser, report, picture)
        finally:
            browser.close()


main()
