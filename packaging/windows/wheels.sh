#!/usr/bin/env bash
# Resolves the locked packages for Windows (64 bit, Python 3.11), checks their hashes and puts the wheels into build/windows. `make windows`.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=build/windows
rm -rf "$target"
# pip judges markers by the machine it runs on, so what is needed on another system only is left out here by its marker.
mkdir -p "$target"
grep -v "sys_platform == 'linux'\|sys_platform == 'darwin'" packaging/requirements.lock >"$target/requirements.lock"
sed -i "s/ ; sys_platform == 'win32'//" "$target/requirements.lock"
.venv/bin/python packaging/windows/drop_loose_hashes.py "$target/requirements.lock"
.venv/bin/python -m pip --disable-pip-version-check download --quiet --no-deps --require-hashes --only-binary :all: --platform win_amd64 \
    --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none -d "$target" -r "$target/requirements.lock"
ls "$target"/*.whl | wc -l | xargs echo "wheels for Windows, every one with the hash of the lock:"
