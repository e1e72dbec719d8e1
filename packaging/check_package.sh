#!/usr/bin/env bash
# Has the desktop's own tools judge the Debian package that is named; lintian where it is installed.
set -euo pipefail
deb=$(realpath "$1")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
dpkg-deb -x "$deb" "$place"
desktop-file-validate "$place"/usr/share/applications/*.desktop
appstreamcli validate --no-net "$place"/usr/share/metainfo/*.xml >"$place/appstream.log" || { cat "$place/appstream.log"; exit 1; }
if command -v xmllint >/dev/null; then xmllint --noout "$place"/usr/share/mime/packages/*.xml; fi
if command -v lintian >/dev/null; then
    lintian --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$deb" 2>&1 | grep -v 'running with root privileges' || [ "${PIPESTATUS[0]}" = 0 ]
fi
