#!/usr/bin/env bash
# Finds and installs the system packages Castor needs: `system-packages.sh build [test] [bench]`.
# On Debian and Ubuntu missing ones are named first and then installed; elsewhere the script says what to install.
source "$(dirname "$0")/common.sh"

# Needed to build and run. ffmpeg reads and writes videos, GStreamer's parts open the camera and play videos in the web view;
# python3-pip fetches the local model where Hugging Face cannot be reached.
BUILD=(build-essential pkg-config libwebkit2gtk-4.1-dev libgtk-3-dev librsvg2-dev libasound2-dev ffmpeg
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav gstreamer1.0-gl
    python3-pip ca-certificates)
# Needed by the tests: a screen, a window manager, WebDriver, drag sources, a clipboard, a keychain, the faces of generated
# pages (sans, serif and mono; Chinese sans, serif and kai), a second opinion on sound,
# a sound server as a microphone, a voice that speaks into it, and the system's voices.
TEST=(webkit2gtk-driver xvfb xauth openbox wmctrl xdotool xclip x11-utils x11-xserver-utils imagemagick dbus gnome-keyring libsecret-tools
    python3-gi gir1.2-gtk-3.0 fonts-noto-cjk fonts-dejavu-core
    fonts-liberation fonts-arphic-gkai00mp procps sox pulseaudio
    pulseaudio-utils espeak-ng speech-dispatcher speech-dispatcher-espeak-ng speech-dispatcher-audio-plugins)
# Needed by the benchmarks: the peers.
BENCH=(chromium curl libvips-tools imagemagick time)

wanted=()
for group in "$@"; do
    case $group in
        build) wanted+=("${BUILD[@]}") ;;
        test) wanted+=("${TEST[@]}") ;;
        bench) wanted+=("${BENCH[@]}") ;;
        *) die "unknown group of packages: $group" ;;
    esac
done

install_debian_packages() {
    local missing=() package
    for package in "${wanted[@]}"; do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            missing+=("$package")
        fi
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "System packages that are missing and will be installed now: ${missing[*]}"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# Says what to install by hand and goes on when what the build needs is found anyway.
name_packages_elsewhere() {
    local system=$1 packages=$2
    if have pkg-config && pkg-config --exists webkit2gtk-4.1 alsa; then
        return 0
    fi
    die "Castor's system packages are not installed by this script on $system. Please install: $packages"
}

case $(uname -s) in
    Linux)
        if have dpkg-query && have apt-get; then
            install_debian_packages
        elif have dnf; then
            name_packages_elsewhere Fedora "gcc gcc-c++ make pkgconf-pkg-config webkit2gtk4.1-devel gtk3-devel librsvg2-devel alsa-lib-devel ffmpeg-free python3-pip"
        elif have pacman; then
            name_packages_elsewhere "Arch Linux" "base-devel webkit2gtk-4.1 gtk3 librsvg alsa-lib ffmpeg python-pip"
        else
            name_packages_elsewhere "this Linux" "a C compiler, pkg-config, WebKitGTK 4.1, GTK 3, librsvg and ALSA with their development files, FFmpeg, Python 3 with pip"
        fi
        ;;
    Darwin)
        xcode-select -p >/dev/null 2>&1 || die "Please install Apple's command line tools: xcode-select --install"
        ;;
    MINGW* | MSYS* | CYGWIN*)
        say "On Windows, Castor needs the C++ build tools of Visual Studio and WebView2 (part of Windows 11); going on."
        ;;
    *) say "This system is not known; going on with the tools that are here." ;;
esac
