"""Drives headless Chromium over the pipe of its DevTools protocol: no driver, no packages but chromium and Python."""
import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Pages under test are our own files; in containers the sandbox has no user namespaces to work with.
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio",
             "--no-first-run", "--disable-extensions", "--disable-background-networking", "--remote-debugging-pipe"]
# Notes every breach of the page's policy before any other script can run.
WATCH = "window.breaches = []; addEventListener('securitypolicyviolation', (e) => breaches.push(e.violatedDirective + ' ' + e.blockedURI));"


class Browser:
    """One browser with one tab. `events` holds everything that it reported since `forget()`."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="shakedown-browser-")
        ours, theirs = self._pipes()
        null = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
        actions = [(os.POSIX_SPAWN_DUP2, theirs[0], 3), (os.POSIX_SPAWN_DUP2, theirs[1], 4), null]
        command = [PROGRAM, *ARGUMENTS, "--user-data-dir=" + self.folder]
        self.process = os.posix_spawn(PROGRAM, command, os.environ, file_actions=actions, setpgroup=0)
        for end in theirs:
            os.close(end)
        self.write_end, self.read_end = ours
        self.buffer, self.last_id, self.events, self.session = b"", 0, [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Audits", "DOM"):
            self.call(domain + ".enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)

    @staticmethod
    def _pipes():
        down, up = os.pipe(), os.pipe()
        # Out of the way of 3 and 4, which the browser expects.
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in (down[1], up[0], down[0], up[1])]
        for end in (*down, *up):
            os.close(end)
        return high[:2], high[2:]

    def close(self):
        try:
            os.killpg(self.process, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.process, 0)
        os.close(self.write_end)
        os.close(self.read_end)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _receive(self, deadline):
        """The next message, or None at the deadline."""
        while b"\0" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.read_end], [], [], left)[0]:
                return None
            part = os.read(self.read_end, 1 << 20)
            if not part:
                raise RuntimeError("the browser has gone")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, timeout=60, **params):
        self.last_id += 1
        request = {"id": self.last_id, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data):]
        deadline = time.monotonic() + timeout
        while (message := self._receive(deadline)) is not None:
            if message.get("id") == self.last_id:
                if "error" in message:
                    raise RuntimeError(method + ": " + message["error"]["message"])
                return message["result"]
            self._note(message)
        raise TimeoutError(method)

    def _note(self, message):
        if "method" not in message:
            return
        self.events.append((message["method"], message["params"]))
        if message["method"] == "Page.javascriptDialogOpening":  # a dialog would hold everything up
            self.call("Page.handleJavaScriptDialog", accept=True)

    def wait_for(self, name, timeout=60):
        deadline = time.monotonic() + timeout
        while not any(event == name for event, _ in self.events):
            message = self._receive(deadline)
            if message is None:
                raise TimeoutError(name)
            self._note(message)

    def settle(self, seconds=0.2):
        """Takes in what is still to come."""
        deadline = time.monotonic() + seconds
        while (message := self._receive(deadline)) is not None:
            self._note(message)

    def open(self, path, width=1280, height=900, scripts=True, dark=False):
        """Loads a file in a window of this size; what happened meanwhile is in `events`."""
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.media("", dark)
        for url in ("about:blank", "file://" + os.path.abspath(path)):
            self.events.clear()
            self.call("Page.navigate", url=url)
            self.wait_for("Page.loadEventFired")
        self.settle()

    def media(self, media, dark=False):
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[feature])

    def evaluate(self, expression, gesture=False):
        """The value of a JavaScript expression as JSON; works with the page's scripts switched off. With `gesture` it counts as the
        user's own doing, which sound needs."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=gesture)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def key(self, name, code, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code,
                      text=text if kind == "keyDown" else "")

    def click(self, expression):
        """The mouse, on the middle of the element that the expression gives."""
        box = self.evaluate(f"(() => {{ const e = {expression}; e.scrollIntoView({{block: 'center', behavior: 'instant'}});"
                            " const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def screenshot(self, file, whole=False):
        picture = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(file, "wb") as out:
            out.write(base64.b64decode(picture["data"]))

    def pdf(self, file):
        printed = self.call("Page.printToPDF", printBackground=True)
        with open(file, "wb") as out:
            out.write(base64.b64decode(printed["data"]))

    def complaints(self):
        """Everything that a sound offline page never causes, one line each."""
        found = []
        for event, params in self.events:
            if event == "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                found.append("exception: " + details.get("exception", {}).get("description", details["text"]))
            elif event == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
                found.append("console: " + str(params["args"]))
            elif event == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append("log: " + params["entry"]["text"])
            elif event == "Audits.issueAdded":
                found.append("issue: " + params["issue"]["code"] + " " + json.dumps(params["issue"]["details"])[:300])
            elif event == "Page.javascriptDialogOpening":
                found.append("dialog: " + params["message"])
            elif event == "Network.requestWillBeSent":
                url = params["request"]["url"]
                own = params.get("type") == "Document" and url.startswith("file:") and params["requestId"] == params["loaderId"]
                if not own and not url.startswith("data:"):
                    found.append("request: " + url)
            elif event in ("Network.webSocketCreated", "Network.webTransportCreated"):
                found.append("request: " + params["url"])
        return found + ["policy: " + breach for breach in self.evaluate("window.breaches || []")]
