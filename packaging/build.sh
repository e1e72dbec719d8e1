#!/usr/bin/env bash
# Makes dist/: wheel, source archive, bill of materials, frozen folder and, on Debian and what follows it, the package. `make dist` calls it.
# Everything is built in build/packaging, an environment of its own from packaging/requirements.lock with its hashes.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { echo "dist: $*" >&2; }

# What dpkg-shlibdeps must find to say which packages the program needs, and what reads and checks the package.
wanted="binutils dpkg-dev desktop-file-utils appstream libegl1 libgl1 libfontconfig1 libfreetype6 libdbus-1-3 libglib2.0-0 libx11-xcb1"
wanted="$wanted libwayland-client0 libwayland-cursor0 libxkbcommon0 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0"
wanted="$wanted libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0"
wanted="$wanted libxcb-xkb1 libcups2 libgtk-3-0"
package=no
if command -v dpkg-query >/dev/null; then
    package=yes
    missing=""
    for name in $wanted; do # since 2024 some libraries carry t64 in their name
        { dpkg-query -W -f '${db:Status-Status}\n' "$name" "${name}t64" 2>/dev/null || true; } | grep -qx installed || missing="$missing $name"
    done
    if [ -n "$missing" ] && [ "$(id -u)" = 0 ]; then
        say "installing system packages:$missing"
        apt-get update -qq >/dev/null 2>&1 || true
        # shellcheck disable=SC2086 # a list of names
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing >/dev/null </dev/null
    elif [ -n "$missing" ]; then
        say "the Debian package needs, going on without it:$missing"
        package=no
    fi
fi

lock=packaging/requirements.lock
environment=build/packaging
now="$(sha256sum <"$lock" | cut -d ' ' -f 1) $PWD"
if [ "$(cat "$environment/.made" 2>/dev/null)" != "$now" ]; then
    say "installing the locked packages into $environment"
    .venv/bin/python -m venv --clear "$environment"
    "$environment/bin/python" -m pip --disable-pip-version-check --no-input install -qq --no-deps --require-hashes --only-binary :all: -r "$lock"
    echo "$now" >"$environment/.made"
fi
export PATH="$PWD/$environment/bin:$PATH" PYTHONPATH="$PWD"

# The same tree gives the same bytes.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y pyproject.toml)
export SOURCE_DATE_EPOCH PYTHONHASHSEED=0 LC_ALL=C.UTF-8 QT_QPA_PLATFORM=offscreen
rm -rf dist build/bjc-desktop build/licences build/pictures
python tools/components.py --sbom dist/bjc-desktop.cdx.json
python -m hatchling build -d dist >/dev/null
python packaging/licence_texts.py build/licences
python packaging/pictures.py build/pictures
say "freezing"
pyinstaller --noconfirm --log-level WARN --distpath dist --workpath build packaging/bjc-desktop.spec 2>build/pyinstaller.log || { cat build/pyinstaller.log >&2; exit 1; }
python packaging/frozen_folder.py dist/bjc-desktop
if [ "$package" = yes ]; then
    say "the Debian package"
    python packaging/deb_package.py dist/bjc-desktop dist
    packaging/check_package.sh dist/*.deb
fi
(cd dist && sha256sum -- *.whl *.tar.gz *.json $([ "$package" = no ] || echo *.deb) >SHA256SUMS)
ls -l dist >&2
