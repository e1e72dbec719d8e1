#!/usr/bin/env bash
# Installs what `make dist` made into empty places, lets it try itself, upgrades it over an old vault, and removes it again: what a user
# keeps at home must be the same bytes before and after. `make smoke` calls it; the package needs root and mmdebstrap, or is only unpacked.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { echo "smoke: $*" >&2; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
state() { (cd "$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum); }
deb=$(ls dist/*.deb 2>/dev/null || true)
passphrase="Musterdaten 2025"

say "the wheel in an empty environment"
.venv/bin/python -m venv "$place/venv"
pip() { "$place/venv/bin/python" -m pip --disable-pip-version-check --no-input -qq "$@"; }
pip install --no-deps --require-hashes --only-binary :all: -r requirements.lock
pip install --no-deps dist/*.whl
mkdir "$place/home"
run() { env -i HOME="$place/home" LC_ALL=C.UTF-8 "$@"; }
run "$place/venv/bin/bjc-desktop" --selftest
run "$place/venv/bin/bjc-desktop" demo --out "$place/home/demo" >/dev/null
before=$(state "$place/home")
pip uninstall -y bjc-desktop
[ ! -e "$place/venv/bin/bjc-desktop" ]
[ "$before" = "$(state "$place/home")" ]
say "the wheel: installed, tried, removed; the vault at home is untouched"

say "the frozen program's start against the source's"
.venv/bin/python -m benchmarks frozen

if [ -z "$deb" ]; then
    say "no Debian package in dist/"
    exit 0
fi
if [ "$(id -u)" = 0 ] && ! command -v mmdebstrap >/dev/null; then
    say "installing mmdebstrap"
    apt-get update -qq >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends mmdebstrap >/dev/null </dev/null || true
fi
if [ "$(id -u)" != 0 ] || ! command -v mmdebstrap >/dev/null; then
    say "without root or mmdebstrap the package is unpacked, not installed"
    dpkg-deb -x "$deb" "$place/unpacked"
    run "$place/unpacked/usr/bin/bjc-desktop" --selftest
    exit 0
fi

say "the package in an empty system"
root="$place/system"
mmdebstrap --quiet --variant=apt --aptopt='Acquire::Languages "none"' "${SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}" "$root" ${MIRROR:-}
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
user() { inside su - anna -c "export LC_ALL=C.UTF-8 BJC_PASSPHRASE_FILE=/home/anna/pass; $1"; }
echo 'Dpkg::Use-Pty "0";' >"$root/etc/apt/apt.conf.d/smoke" # there is no terminal to be written to
inside apt-get update -qq # mmdebstrap leaves no lists behind
inside useradd --create-home --shell /bin/bash anna
[ -x "$root/usr/bin/python3" ] && { say "there is a Python in the empty system"; exit 1; }

# An earlier version: the same program under a lower number and with a file that the later one has no more.
dpkg-deb --raw-extract "$deb" "$place/earlier"
sed -i 's/^Version: .*/Version: 0.0.1/' "$place/earlier/DEBIAN/control"
touch "$place/earlier/usr/lib/bjc-desktop/_internal/of-earlier"
dpkg-deb --root-owner-group -Zgzip -z1 --build "$place/earlier" "$root/tmp/earlier.deb" >/dev/null
cp "$deb" "$root/tmp/"
inside apt-get install -y -qq --no-install-recommends /tmp/earlier.deb >/dev/null
[ -e "$root/usr/lib/bjc-desktop/_internal/of-earlier" ]
echo "$passphrase" >"$root/home/anna/pass"
user "bjc-desktop demo --out demo" >"$place/figures"
# Vaults as the program of their time wrote them, to be opened after the upgrade.
for archive in tests/data/vaults/*.zip; do
    .venv/bin/python -m zipfile -e "$archive" "$root/home/anna/earlier/$(basename "$archive" .zip)"
done
echo "Ein langer Satz für Tests" >"$root/home/anna/earlier/pass"
inside chown -R anna: /home/anna
inside apt-get install -y -qq --no-install-recommends "/tmp/$(basename "$deb")" >/dev/null
[ ! -e "$root/usr/lib/bjc-desktop/_internal/of-earlier" ]
say "installed: $(inside dpkg-query -W -f '${Version}, ${Installed-Size} KB' bjc-desktop); in all $(du -sm "$root/usr/lib/bjc-desktop" | cut -f 1) MB on the disk"
user "bjc-desktop --version"
user "bjc-desktop --selftest"
user "bjc-desktop doctor demo/tresor >/dev/null"
user "bjc-desktop report demo/tresor --quarter 2025-Q3 --provider all --out after >/dev/null && bjc-desktop verify after/*.zip"
# A release writes; opening is what brings a vault to the present format.
user 'export BJC_PASSPHRASE_FILE=/home/anna/earlier/pass
for vault in earlier/[0-9]*; do
    bjc-desktop report "$vault" --quarter 2025-Q3 --as-of 2025-10-07 --provider all --out "$vault-out" >/dev/null &&
    bjc-desktop verify "$vault-out"/*.zip >/dev/null 2>&1 && bjc-desktop doctor "$vault" >/dev/null || { echo "smoke: $vault does not open" >&2; exit 1; }
done'
say "$(ls tests/data/vaults/*.zip | wc -l) vaults of earlier formats opened, their figures recomputed"
before=$(state "$root/home/anna")
inside apt-get purge -y -qq bjc-desktop >/dev/null
left=$(find "$root/etc" "$root/opt" "$root/usr" "$root/var/lib" -iname '*bjc*')
[ -z "$left" ] || { say "left over: $left"; exit 1; }
[ "$before" = "$(state "$root/home/anna")" ] || { say "something at home has changed"; exit 1; }
say "the package: installed over an earlier one, tried, removed; the vaults at home are untouched"
