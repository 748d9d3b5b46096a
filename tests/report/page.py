#!/usr/bin/env python3
"""Opens the page of an audit in a real Chromium, through chromedriver, with the standard library.

    tests/report/page.py PAGE [FOLDER]

What is checked: the keys and plots are there, the filter works by keyboard, the console has no
error, no request leaves, the page is whole without its script, in print and on a narrow screen.
With FOLDER, pictures of it are left there.
"""

import base64
import json
import pathlib
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ENTER, TAB = "\ue007", "\ue004"


class Browser:
    """A session of WebDriver."""

    def __init__(self, *, dark=False, script=True, width=1100, height=1500):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ["chromedriver", f"--port={port}", "--log-level=SEVERE"]
        self.driver = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", f"--window-size={width},{height}",
            # Whatever is asked for by name or number ends here.
            "--host-resolver-rules=MAP * ~NOTFOUND",
        ]
        if dark:
            arguments.append("--blink-settings=preferredColorScheme=0")
        options = {"args": arguments}
        if not script:
            options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
        capabilities = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        for _ in range(100):
            try:
                answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
                break
            except (ConnectionError, urllib.error.URLError):
                time.sleep(0.1)
        self.base += f"/session/{answer['sessionId']}"

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, page):
        self.call("POST", "/url", {"url": page.resolve().as_uri()})

    def run(self, code):
        return self.call("POST", "/execute/sync", {"script": code, "args": []})

    def type(self, selector, text):
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        element = next(iter(found.values()))
        self.call("POST", f"/element/{element}/value", {"text": text})

    def log(self, kind):
        return self.call("POST", "/se/log", {"type": kind})

    def picture(self, file):
        file.write_bytes(base64.b64decode(self.call("GET", "/screenshot")))

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(10)


SHOWN = "return document.querySelectorAll('.finding:not([hidden])').length"


def check(what, holds):
    if not holds:
        sys.exit(f"page: {what}")


def with_script(page, folder):
    browser = Browser()
    try:
        browser.open(page)
        everything = browser.run("return document.querySelectorAll('.finding').length")
        check("no keys", everything >= 3)
        check("the title says nothing", "keys" in browser.call("GET", "/title"))
        for caption in ["Provider", "Year of the first commit", "Author of the first commit"]:
            bars = browser.run(
                "return [...document.querySelectorAll('figure')]"
                f".filter((one) => one.textContent.includes({caption!r}))"
                ".flatMap((one) => [...one.querySelectorAll('rect')])"
                ".filter((one) => one.getBoundingClientRect().width > 1).length"
            )
            check(f"no plot: {caption}", bars >= 1)
        check("nothing is urgent", "Live in HEAD and pushed" in browser.run(
            "return document.querySelector('.group h3').textContent"))
        check("the filter is hidden", browser.run("return !document.querySelector('form').hidden"))

        browser.type("input[type=search]", "no such word anywhere")
        check("the search hides nothing", browser.run(SHOWN) == 0)
        check("the search does not say so", browser.run(
            "return document.querySelector('output').value").startswith("0 of"))
        check("an empty group is shown", browser.run(
            "return document.querySelectorAll('.group:not([hidden])').length") == 0)
        browser.run("document.querySelector('button[type=reset]').click()")
        time.sleep(0.2)
        check("the filter cannot be cleared", browser.run(SHOWN) == everything)
        provider = browser.run("return document.querySelector('.finding').dataset.provider")
        browser.type("select[name=provider]", provider)
        of_provider = browser.run(SHOWN)
        check("the provider does not filter", 0 < of_provider < everything)
        browser.run("document.querySelector('button[type=reset]').click()")
        time.sleep(0.2)
        state = browser.run("return document.querySelector('.finding').dataset.state")
        browser.run(
            "const select = document.querySelector('select[name=state]');"
            f"select.value = {state!r}; select.dispatchEvent(new Event('input', {{bubbles: true}}))"
        )
        check("the state does not filter", 0 < browser.run(SHOWN) < everything)
        browser.run("document.querySelector('button[type=reset]').click()")
        time.sleep(0.2)

        browser.type(".finding summary", ENTER)
        check("Enter opens no key", browser.run("return document.querySelector('.finding').open"))
        playbook = browser.run("return document.querySelector('.finding').innerText")
        for part in ["Where it stands", "What a leak risks", "Was it used?", "Revoke and replace",
                     "What stops working", "Write instead"]:
            check(f"no part of the playbook: {part}", part in playbook)
        if folder:
            browser.picture(folder / "light.png")
        # What a screen reader goes by.
        check("headings leave out a level", browser.run(
            "let last = 0; return [...document.querySelectorAll('h1,h2,h3,h4')].every((one) => {"
            "const level = +one.tagName[1]; const fits = level <= last + 1; last = level; return fits })"))
        check("a field has no label", browser.run(
            "return [...document.querySelectorAll('input,select')].every((one) => one.labels.length)"))
        check("an id occurs twice", browser.run(
            "const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);"
            "return new Set(ids).size === ids.length"))
        check("a section has no name", browser.run(
            "return [...document.querySelectorAll('section')].every((one) =>"
            "document.getElementById(one.getAttribute('aria-labelledby')))"))

        # In print everything is open.
        printed = base64.b64decode(browser.call("POST", "/print", {"background": True}))
        if folder:
            (folder / "print.pdf").write_bytes(printed)
        pages = len(re.findall(rb"/Type\s*/Page\b", printed))
        check("print leaves the keys closed", pages * 3 > everything)

        console = [entry["message"] for entry in browser.log("browser") if entry["level"] != "INFO"]
        check(f"the console has errors: {console}", not console)
        asked = set()
        for entry in browser.log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.add(message["params"]["request"]["url"].split("#")[0])
        check(f"requests: {asked}", asked <= {page.resolve().as_uri()})
        # What a hostile page would try is refused by its policy.
        refused = browser.run(
            "const one = document.createElement('script'); one.textContent = 'window.ran = 1';"
            "document.body.append(one); return window.ran === undefined"
        )
        check("a script of another's runs", refused)
        check("a name became an element", browser.run("return !document.querySelector('img')"))
    finally:
        browser.close()


def elsewhere(page, folder):
    for name, width, options in [
        ("narrow", 500, {}), ("dark", 1100, {"dark": True}), ("plain", 1100, {"script": False}),
    ]:
        browser = Browser(width=width, **options)
        try:
            browser.open(page)
            if name == "plain":
                check("something is hidden without the script", browser.run(
                    "return !document.querySelector('.finding[hidden], .group[hidden]')"))
                check("a filter without a script", browser.run(
                    "return document.querySelector('form').hidden"))
            else:
                check(f"{name}: wider than the screen", browser.run(
                    "return document.documentElement.scrollWidth <= innerWidth"))
            if name == "dark":
                paper = browser.run("return getComputedStyle(document.body).backgroundColor")
                check(f"dark is {paper}", sum(map(int, re.findall(r"\d+", paper)[:3])) < 150)
            if folder:
                browser.run("document.querySelector('.finding').open = true")
                browser.picture(folder / f"{name}.png")
        finally:
            browser.close()


def main():
    page = pathlib.Path(sys.argv[1])
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with_script(page, folder)
    elsewhere(page, folder)
    print("page: keys, plots, filter, playbook, print, dark, narrow and no request")


main()
