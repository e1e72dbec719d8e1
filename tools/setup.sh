#!/bin/sh
# Sets up everything that `make run` and `make test` need: system libraries (as root) and the locked packages in .venv.
# Usage: tools/setup.sh LOCKFILE
set -eu
cd "$(dirname "$0")/.."
lock=$1

packages="libglib2.0-0 libgl1 libegl1 libdbus-1-3 libfontconfig1 libxkbcommon0"
[ "${CI:-}" = true ] && packages="$packages libreoffice-calc-nogui poppler-utils"
python=$(command -v python3 || true)
[ -n "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null || packages="$packages python3 python3-venv"

missing=""
if command -v dpkg-query >/dev/null 2>&1; then
    for package in $packages; do
        dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
    done
fi
case "$missing" in *python3*) ;; *)
    [ -n "$python" ] || { echo "Python 3.11 or newer is missing; please install it." >&2; exit 1; } ;;
esac
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing system packages:$missing" >&2
        apt-get update -qq >&2 || true
        # shellcheck disable=SC2086 - a list of names
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || \
            echo "Could not install:$missing" >&2
    else
        echo "Missing system packages, please install:$missing" >&2
    fi
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed." >&2; exit 1; }
stamp="$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1) $(python3 -V)"
if [ ! -x .venv/bin/python ] || [ "$(cat ".venv/.$(basename "$lock")" 2>/dev/null)" != "$stamp" ]; then
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r "$lock"
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
    echo "$stamp" > ".venv/.$(basename "$lock")"
fi
