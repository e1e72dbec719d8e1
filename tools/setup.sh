#!/bin/sh
# Sets up what `make run`, `make test` and the other targets need: system packages (installed as root, named otherwise) and,
# in .venv, the packages of the lock with their hashes. Does nothing when all is there; needs only a POSIX shell.
set -eu
cd "$(dirname "$0")/.."
lock=requirements-dev.lock
say() { echo "setup: $*" >&2; }
if command -v flock >/dev/null 2>&1; then
    exec 9<.  # two makes at once: the second waits
    flock 9
fi

find_python() {
    for candidate in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11 python3.14; do
        path=$(command -v "$candidate" 2>/dev/null) || continue
        "$path" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null || continue
        echo "$path"
        return
    done
}

# What Qt loads, and the font it falls back to; CI also has what other machines may lack: then tests are skipped with a reason.
wanted="libglib2.0-0 libgl1 libegl1 libdbus-1-3 libfontconfig1 libxkbcommon0 fonts-dejavu-core"
if [ "${CI:-}" = true ]; then
    wanted="$wanted libreoffice-calc-nogui poppler-utils openssl dbus at-spi2-core xvfb xauth xdotool libxcb-cursor0 libxcb-icccm4"
    wanted="$wanted libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 desktop-file-utils appstream"
fi
python=$(find_python)
if [ -z "$python" ]; then
    wanted="$wanted python3 python3-venv"
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    wanted="$wanted $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
fi

missing=""
if command -v dpkg-query >/dev/null 2>&1; then
    for package in $wanted; do  # since 2024 some libraries carry t64 in their name
        dpkg-query -W -f '${db:Status-Status}\n' "$package" "${package}t64" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
fi
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing system packages:$missing"
        install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 </dev/null; }
        apt-get update -qq >/dev/null 2>&1 || true
        # shellcheck disable=SC2086 # a list of names
        if ! install $missing; then
            failed=""
            for package in $missing; do install "$package" || failed="$failed $package"; done
            [ -z "$failed" ] || say "could not install, going on without:$failed"
        fi
    else
        say "please install, going on without:$missing"
    fi
    python=$(find_python)
fi
if [ -z "$python" ]; then
    say "Python 3.11 to 3.14 is needed and was not found"
    exit 1
fi

stamp=.venv/.setup
now="$(cat "$lock" pyproject.toml | sha256sum | cut -d ' ' -f 1) $("$python" -c 'import sys; print(sys.version.split()[0])') $PWD"
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then
    exit 0
fi
say "installing the locked packages into .venv (once, a minute or two)"
if [ -f "$stamp" ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear .venv || { say "python3-venv is needed to make .venv"; exit 1; }
fi
pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }
pip install -qq --no-deps --require-hashes --only-binary :all: -r "$lock"
pip install -qq --no-deps --no-build-isolation --no-index -e .
echo "$now" > "$stamp"
