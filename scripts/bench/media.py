"""The way of pictures and videos through Castor, against FFmpeg, vipsthumbnail and ImageMagick: the same files in turn, in one run.

`media.py CASTOR TARGET RUNS [--quick]`: CASTOR is the built program, TARGET has `release/examples/video` and `photo`; what is
measured with is made once and kept in `TARGET/bench/media`.

- Camera frames: the window asks the web view's made-up camera for 1920 × 1080 at 30 frames a second, draws every frame, encodes
  it as JPEG and hands it to Rust, at most two at once, as a clip does at a lower rate and size (`ui/src/lib/camera`). There they are
  let go: no clip is recorded. Aims at every frame; the reference is the rate the camera itself names, for no program does the
  same. Beside it the share of the camera's frames that did not arrive, and what all processes of Castor and WebKit
  compute meanwhile, in cores.
- A clip, of the window's own camera panel: from the press that ends it, after ten seconds with the microphone's sound, until it
  is in the composer. Aims at 300 ms: picture and sound are encoded while they are recorded. (`video clip 10` measures the part of
  it that writes the file.) The peer is what FFmpeg takes to encode the same frames and sound afterwards with the
  same encoder, as a program must that does not encode while it records.
- A photo of 48 megapixels: from the file to the picture in the list (512), on the screen (2560) and for the model (3072 pixels and
  a limit of bytes, for which Castor tries out qualities on some strips), and the last of them alone. Castor decodes on arrival and
  once more for the model, each time at half the size, scaling while the rows come; the history's copy of the file is not in it.
  Aims at less time and memory than vipsthumbnail, which also has the JPEG shrunk while it is decoded and is one process for
  each size, and than ImageMagick, which decodes once for all.
- A video of one minute, to 16 frames of 768 pixels that show what happens in it. Its key frames are too far apart for that, so
  Castor decodes it once, but for the frames no other builds on, and has all that may be chosen at their size. Aims at no more
  time than FFmpeg, which decodes all of it for frames at equal distances.
- A video of ten minutes, the same way. Aims at a small part of the time of FFmpeg that decodes all of it, and at 100 MiB. FFmpeg
  that takes the key frames next to equal distances is the bound: Castor decodes them all, too, and chooses among them.

Memory is the highest sum, over a program and the children it has at one moment, of what each has had resident at most. The
median of the runs is compared, the least and the most are in the JSON beside it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from gemini import Server, Window
from start import Desktop, processes_of

SCENE = 6  # seconds of each scene of the video
SCENES = 10
TIMES = 10  # that all scenes follow one another
FRAMES, EDGE = 16, 768
CLIP_SECONDS = 10
CLIP_RATE = 15
STRETCH = 10  # seconds of camera frames that are counted together
LOOK_EVERY = 0.005
TICKS = os.sysconf("SC_CLK_TCK")


# --- programs and what they take --------------------------------------------------------------------------------------


def words_of(command):
    return [str(word) for word in command]


def done(command, **options):
    """What a program that has to succeed printed."""
    ended = subprocess.run(words_of(command), capture_output=True, text=True, **options)
    if ended.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {ended.returncode}:\n{ended.stderr}")
    return ended.stdout


def tree(process):
    """A process and all it started, with the one it comes from."""
    waiting = [(process, None)]
    while waiting:
        one, parent = waiting.pop()
        yield one, parent
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            waiting += [(int(child), one) for child in children.read_text().split()]


def high_water(process):
    """MiB that a process and its children have had resident at most, each for itself."""
    total = 0
    for one, parent in tree(process):
        try:
            # What was started a moment ago has the memory of whoever started it until it is a program of its own.
            if parent and Path(f"/proc/{one}/cmdline").read_bytes() == Path(f"/proc/{parent}/cmdline").read_bytes():
                continue
            lines = Path(f"/proc/{one}/status").read_text().splitlines()
        except OSError:
            continue  # it has ended
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return total / 1024


def taken(commands):
    """Seconds and peak memory of commands one after the other, and what the last one printed."""
    seconds, peak, printed = 0.0, 0.0, ""
    for command in commands:
        with tempfile.TemporaryFile() as complaints:
            began = time.perf_counter()
            process = subprocess.Popen(words_of(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints)
            over = threading.Event()
            peaks = [0.0]

            def look(process=process, over=over, peaks=peaks):
                while not over.wait(LOOK_EVERY):
                    try:
                        peaks.append(high_water(process.pid))
                    except OSError:
                        continue  # a process ended while its children were read

            looking = threading.Thread(target=look)
            looking.start()
            printed = process.stdout.read().decode()
            process.wait()
            seconds += time.perf_counter() - began
            over.set()
            looking.join()
            peak = max(peak, *peaks)
            if process.returncode != 0:
                complaints.seek(0)
                raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{complaints.read().decode(errors='replace')}")
    return seconds, peak, printed


def compared(what, contenders, runs):
    """Rows of time and memory of the first contender beside each of the others: pairs of a name and a function that does the
    work and returns both."""
    measured = {name: [] for name, _ in contenders}
    for run in range(1, runs + 1):
        for name, work in contenders:
            seconds, peak = work()
            measured[name].append((seconds, peak))
            print(f"    {what}, run {run} of {runs}: {name}: {seconds:.2f} s, {peak:.0f} MiB", flush=True)
    ours, *peers = ([list(column) for column in zip(*measured[name])] for name, _ in contenders)
    rows = []
    for (peer, _), theirs in zip(contenders[1:], peers, strict=True):
        rows += [row(what, "s", ours[0], peer, theirs[0]), row(f"{what}: peak memory", "MiB", ours[1], peer, theirs[1])]
    return rows


def row(metric, unit, ours, peer=None, theirs=None, better="lower"):
    """From the values of all runs."""
    values = {"ours": round(statistics.median(ours), 3), "peer": peer, "peer_value": theirs and round(statistics.median(theirs), 3)}
    ratio = round(statistics.median(ours) / statistics.median(theirs), 3) if theirs else None
    ranges = {f"{side}_range": [round(min(all_of), 3), round(max(all_of), 3)] for side, all_of in (("ours", ours), ("peer", theirs)) if all_of}
    return {"metric": metric, "unit": unit, **values, "ratio": ratio, "better": better} | ranges


# --- the window -------------------------------------------------------------------------------------------------------


class Microphone:
    """A sound server of its own whose microphone hears a tone."""

    DEVICES = """.fail
load-module module-native-protocol-unix auth-anonymous=1 socket={socket}
load-module module-null-sink sink_name=speaker norewinds=1 rate=48000 channels=2
load-module module-remap-source source_name=mic master=speaker.monitor
load-module module-sine sink=speaker frequency=440
set-default-sink speaker
set-default-source mic
"""

    def __init__(self, folder):
        folder.mkdir(mode=0o700)
        socket, script, cookie = folder / "socket", folder / "devices.pa", folder / "cookie"
        script.write_text(self.DEVICES.format(socket=socket))
        # Any key of this length: this server lets in everybody, but nobody without one.
        cookie.write_bytes(bytes(256))
        self.environment = {"PULSE_SERVER": f"unix:{socket}", "PULSE_COOKIE": str(cookie)}
        kept = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes", "--use-pid-file=no", "-F", script]
        self.server = subprocess.Popen(words_of(command), env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if subprocess.run(["pactl", "info"], env=kept | self.environment, capture_output=True).returncode == 0:
                return
            time.sleep(0.05)
        self.end()
        raise SystemExit("PulseAudio does not answer")

    def end(self):
        self.server.kill()
        self.server.wait()


# What `web-feed.ts`, `source.svelte.ts` and `picture.ts` do with a camera, at its own rate and size. Which frame is new is told by their
# count at each repaint: WebKitGTK does not call back for each frame of a camera.
FRAMES_TO_RUST = """
window.counted = { delivered: 0, failed: null, camera: null };
(async () => {
  const open = (more) => navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 30 }, ...more }, audio: false,
  });
  const close = (stream) => stream.getTracks().forEach((track) => track.stop());
  const settings = (stream) => stream.getVideoTracks()[0].getSettings();
  // Not every one of the made-up cameras is that quick, and they are named only once one was open.
  let stream = await open({});
  for (const { kind, deviceId } of await navigator.mediaDevices.enumerateDevices()) {
    if (settings(stream).frameRate >= 30) break;
    if (kind !== "videoinput") continue;
    close(stream);
    stream = await open({ deviceId: { exact: deviceId } });
  }
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  video.style.cssText = "position: fixed; right: 0; top: 0; width: 320px";
  document.body.append(video);
  await video.play();
  const size = { width: video.videoWidth, height: video.videoHeight };
  window.counted.camera = { ...size, rate: settings(stream).frameRate };
  const canvas = Object.assign(document.createElement("canvas"), size);
  const context = canvas.getContext("2d", { alpha: false });
  window.seenFrames = () => video.getVideoPlaybackQuality().totalVideoFrames;
  let onTheirWay = 0;
  let told = Promise.resolve();
  let last = 0;
  const look = () => {
    if (!video.isConnected) return;
    requestAnimationFrame(look);
    const now = window.seenFrames();
    if (now === last || onTheirWay >= 2) return;
    last = now;
    onTheirWay += 1;
    const takenAt = performance.timeOrigin + performance.now();
    context.drawImage(video, 0, 0);
    const encoding = new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8)).then((blob) => blob.arrayBuffer());
    const before = told;
    const tell = async () => {
      try {
        const picture = await encoding;
        await before;
        await window.__TAURI_INTERNALS__.invoke("clip_frame", picture, { headers: { "taken-at": takenAt.toFixed(1) } });
        window.counted.delivered += 1;
      } catch (error) {
        window.counted.failed = String(error.message ?? JSON.stringify(error));
      } finally {
        onTheirWay -= 1;
      }
    };
    told = tell();
  };
  look();
  window.endOfFrames = () => {
    video.remove();
    close(stream);
  };
})().catch((error) => (window.counted.failed = `${error.name}: ${error.message}`));
"""


def seconds_of_work(window):
    """What Castor and WebKit have computed so far, all their processes, without the driver."""
    ticks = 0
    for folder in processes_of(window.home, window.driver.pid):
        if folder.name == str(window.driver.pid):
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def measure_frames(window, runs):
    window.run(FRAMES_TO_RUST)
    window.wait("return window.counted.failed !== null || window.counted.delivered >= 30")
    if (failed := window.run("return window.counted.failed")) is not None:
        raise SystemExit(f"the camera's frames do not reach Rust: {failed}")
    reading = "return { ...window.counted, seen: window.seenFrames(), now: performance.now() }"
    rates, dropped, work = [], [], []
    for run in range(1, runs + 1):
        before, worked_before = window.run(reading), seconds_of_work(window)
        time.sleep(STRETCH)
        after, worked_after = window.run(reading), seconds_of_work(window)
        if after["failed"] is not None:
            raise SystemExit(f"the camera's frames do not reach Rust: {after['failed']}")
        seconds = (after["now"] - before["now"]) / 1000
        seen, delivered = (after[name] - before[name] for name in ("seen", "delivered"))
        rates.append(delivered / seconds)
        # One may have been on its way when the stretch began.
        dropped.append(max(0.0, 100 * (1 - delivered / seen)) if seen else 100.0)
        work.append((worked_after - worked_before) / seconds)
        print(f"    camera, run {run} of {runs}: {seen / seconds:.1f} seen, {rates[-1]:.1f} delivered a second, {work[-1]:.2f} cores", flush=True)
    window.run("window.endOfFrames()")
    camera = before["camera"]
    size = f"{camera['width']}x{camera['height']}"
    return [
        row(f"camera frames to Rust, {size}", "1/s", rates, "camera's own rate", [float(camera["rate"])] * runs, "higher"),
        row(f"camera frames dropped, {size}", "%", dropped),
        row(f"processors used meanwhile, {size}", "cores", work),
    ]


# Without a pointer, as a screen reader presses.
PRESS_RECORD = "document.querySelector('[data-testid=camera-record]').dispatchEvent(new MouseEvent('click', { bubbles: true }));"


def newest_clip(window):
    """The file of the clip that was kept last."""
    kept = [path for path in Path(window.home).rglob("blobs/*/*") if path.is_file()]
    return max(kept, key=lambda path: path.stat().st_mtime_ns)


def milliseconds_to_clip(window):
    clips = "document.querySelectorAll('[data-testid=attachment][data-state=added][data-kind=video]').length"
    window.run(PRESS_RECORD)
    window.wait("return !!document.querySelector('[data-testid=camera-record][aria-pressed=true]')")
    window.wait("return !!document.querySelector('[data-testid=camera-clip-time]')")
    time.sleep(CLIP_SECONDS)
    window.run(
        f"""const before = {clips};
        window.readyAfter = null;
        const began = performance.now();
        const observer = new MutationObserver(() => {{
            if ({clips} > before) {{
                observer.disconnect();
                window.readyAfter = performance.now() - began;
            }}
        }});
        observer.observe(document.body, {{ childList: true, subtree: true, attributes: true }});
        {PRESS_RECORD}"""
    )
    return window.wait("return window.readyAfter")


def milliseconds_to_encode(clip, folder):
    """What the same ten seconds take at once: their frames and sound are taken out of the clip unmeasured."""
    frames, sound, encoded = folder / "frames", folder / "sound.wav", folder / "encoded.mp4"
    frames.mkdir(exist_ok=True)
    for old in frames.iterdir():
        old.unlink()
    done(["ffmpeg", "-v", "error", "-i", clip, "-q:v", 3, frames / "%04d.jpg"])
    done(["ffmpeg", "-v", "error", "-y", "-i", clip, "-vn", sound])
    count = len(list(frames.iterdir()))
    if count < CLIP_SECONDS * CLIP_RATE * 0.9:
        raise SystemExit(f"a clip of {CLIP_SECONDS} s has {count} frames")
    command = ["ffmpeg", "-v", "error", "-y", "-framerate", CLIP_RATE, "-i", frames / "%04d.jpg", "-i", sound]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", 23, "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k", encoded]
    return taken([command])[0] * 1000


def measure_clips(window, folder, runs):
    window.run("document.querySelector('[data-testid=camera-open]').click()")
    window.wait("return !!document.querySelector('[data-testid=camera-panel][data-state=live]')")
    ours, theirs = [], []
    for run in range(1, runs + 1):
        ours.append(milliseconds_to_clip(window))
        theirs.append(milliseconds_to_encode(newest_clip(window), folder))
        print(f"    clip, run {run} of {runs}: Castor {ours[-1]:.0f} ms, FFmpeg afterwards {theirs[-1]:.0f} ms", flush=True)
        # Each begins with an empty composer.
        window.run("document.querySelector('[data-testid=attachment-remove]').click()")
        window.wait("return !document.querySelector('[data-testid=attachment]')")
    window.run("document.querySelector('[data-testid=camera-close]').click()")
    return [row(f"{CLIP_SECONDS} s clip, end to composer", "ms", ours, "FFmpeg afterwards", theirs)]


def measure_window(castor, folder, runs):
    microphone = Microphone(folder / "microphone")
    server, desktop = Server(), Desktop(folder)
    try:
        variables = microphone.environment | {"CASTOR_MOCK_CAMERA": "1"}
        # The web view's first made-up camera gives ten frames a second, this one thirty.
        settings = {"camera": {"consent": "allowed", "device": "Mock video device 2", "mirrored": False}}
        window = Window(castor, server, desktop, variables, settings)
        try:
            return measure_frames(window, runs) + measure_clips(window, folder, runs)
        finally:
            window.end()
    finally:
        microphone.end()
        desktop.end()


# --- files ------------------------------------------------------------------------------------------------------------


def made_once(path, make):
    """A file that is kept; `make` writes it to the path it is given."""
    if not path.exists():
        print(f"    making {path.name}", flush=True)
        part = path.with_name(f"part-{path.name}")
        make(part)
        part.rename(path)
    path.read_bytes()  # so that all find it in memory
    return path


def make_photo(path):
    """8000 × 6000 pixels with the large shapes, fine detail and noise of a photo from a phone, about 15 MB."""
    done(["convert", "-seed", 7, "-size", "2000x1500", "plasma:fractal", "-resize", "8000x6000!", "-attenuate", 0.5,
          "+noise", "Gaussian", "-sampling-factor", "4:2:0", "-quality", 90, f"jpg:{path}"])  # fmt: skip


def make_scenes(path):
    """A minute of scenes that differ, with hard cuts."""
    inputs, chains = [], []
    for number in range(SCENES):
        shape = f"s=1920x1080:r=30:d={SCENE}"
        source = f"gradients={shape}:seed={number + 1}:speed=0.02" if number % 2 else f"testsrc2={shape}"
        inputs += ["-f", "lavfi", "-i", source]
        chains.append(f"[{number}]hue=h={36 * number},noise=alls=6:allf=t,format=yuv420p[s{number}]")
    joined = "".join(f"[s{number}]" for number in range(SCENES))
    graph = ";".join(chains) + f";{joined}concat=n={SCENES}"
    coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", 23, "-f", "mp4"]
    done(["ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex", graph, *coding, path])


def repeat(scenes, times):
    """The same again and again without encoding it anew: reading it is as much work."""

    def make(path):
        done(["ffmpeg", "-v", "error", "-y", "-stream_loop", times - 1, "-i", scenes, "-c", "copy", "-f", "mp4", path])

    return make


def measure_photo(example, path, folder, runs):
    sizes = {"model": (3072, 85), "display": (2560, 90), "thumbnail": (512, 82)}

    def castor(what):
        seconds, peak, printed = taken([[example, what, path]])
        if max(json.loads(printed)["width"], json.loads(printed)["height"]) > sizes["model"][0]:
            raise SystemExit("the picture for the model is too large")
        return seconds, peak

    def vips(names):
        commands = []
        for name in names:
            edge, quality = sizes[name]
            commands.append(["vipsthumbnail", path, "--size", f"{edge}x{edge}", "-o", f"{folder / name}.jpg[Q={quality}]"])
        return taken(commands)[:2]

    def magick(names):
        # The largest first, each from the one before: one process that decodes once.
        command = ["convert", path, "-auto-orient"]
        for name in names:
            edge, quality = sizes[name]
            command += ["-resize", f"{edge}x{edge}>", "-quality", quality, "-write", folder / f"{name}.jpg"]
        return taken([[*command, "null:"]])[:2]

    rows = []
    for what, mode, names in (("48 MP photo, three sizes", "all", list(sizes)), ("48 MP photo, for the model", "send", ["model"])):
        contenders = [
            ("Castor", lambda mode=mode: castor(mode)),
            ("vipsthumbnail", lambda names=names: vips(names)),
            ("ImageMagick", lambda names=names: magick(names)),
        ]
        rows += compared(what, contenders, runs)
    return rows


def measure_video(example, path, length, folder, runs, keys):
    """`keys`: whether FFmpeg is to be measured with key frames alone, too."""
    raw = folder / "frames.rgb"

    def castor():
        seconds, peak, printed = taken([[example, "sample", path, FRAMES, EDGE]])
        if (found := json.loads(printed)["frames"]) != FRAMES:
            raise SystemExit(f"Castor found {found} frames")
        return seconds, peak

    def ffmpeg(*before):
        command = ["ffmpeg", "-v", "error", "-y", *before, "-i", path, "-vf", f"fps={FRAMES}/{length},scale={EDGE}:-2"]
        seconds, peak, _ = taken([[*command, "-f", "rawvideo", "-pix_fmt", "rgb24", raw]])
        if (found := raw.stat().st_size // (EDGE * EDGE * 9 // 16 * 3)) not in range(FRAMES - 1, FRAMES + 2):
            raise SystemExit(f"FFmpeg wrote {found} frames")
        return seconds, peak

    contenders = [
        ("Castor", castor),
        ("FFmpeg, all frames", ffmpeg),
    ]
    if keys:
        contenders.append(("FFmpeg, key frames", lambda: ffmpeg("-skip_frame", "nokey")))
    return compared(f"{length // 60} min video to {FRAMES} frames", contenders, runs)


def report(rows, path):
    print(f"\n{'metric':44} {'Castor':>12} {'peer':>12} {'ratio':>7}  peer")
    for one in rows:
        digits = {"MiB": 0, "ms": 0, "s": 2}.get(one["unit"], 1)
        ours, other = ("-" if one[side] is None else f"{one[side]:.{digits}f} {one['unit']}" for side in ("ours", "peer_value"))
        ratio = "-" if one["ratio"] is None else f"{one['ratio']:.2f}"
        print(f"{one['metric']:44} {ours:>12} {other:>12} {ratio:>7}  {one['peer'] or '-'}")
    path.write_text(json.dumps(rows, indent=2) + "\n")
    print(f"\nwritten to {path}")


def main():
    castor, target, runs = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), int(sys.argv[3])
    quick = "--quick" in sys.argv
    if runs < 5 and not quick:
        raise SystemExit("at least five runs")
    kept = target / "bench" / "media"
    kept.mkdir(parents=True, exist_ok=True)
    examples = target / "release" / "examples"
    photo = made_once(kept / "photo.jpg", make_photo)
    videos = [(made_once(kept / "one-minute.mp4", make_scenes), SCENES * SCENE, False)]
    if not quick:
        long = made_once(kept / "ten-minutes.mp4", repeat(videos[0][0], TIMES))
        videos.append((long, TIMES * SCENES * SCENE, True))
    with tempfile.TemporaryDirectory(prefix="castor-bench-", dir=target) as folder:
        folder = Path(folder)
        rows = measure_window(castor, folder, runs)
        rows += measure_photo(examples / "photo", photo, folder, runs)
        for video, length, keys in videos:
            rows += measure_video(examples / "video", video, length, folder, runs, keys)
    report(rows, kept.parent / "media.json")


if __name__ == "__main__":
    main()
