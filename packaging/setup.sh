#!/bin/sh
# Makes this checkout ready to run: Debian packages, .venv, message catalogues, the virtual reader's driver.
# Does nothing where nothing changed. `sh packaging/setup.sh` from the top of the checkout; `make` calls it.
set -eu
cd "$(dirname "$0")/.."
say() { printf '%s\n' "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

if [ -r /etc/os-release ]; then . /etc/os-release; fi
list="packaging/apt/${VERSION_CODENAME:-unknown}.txt"
python=${PYTHON:-python3}
sources="booking kiosk central lab tools tests"
stamps=build/setup
mkdir -p "$stamps"

# Two shells at once: the second waits until the first is done, and then finds nothing to do.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$stamps/lock"
    flock -n 9 || { say "another setup is under way in this checkout; waiting for it"; flock 9; }
fi

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 77
    fi
}

debian_packages() {
    [ -e "$list" ] || { say "no package list for '${VERSION_CODENAME:-this system}'; Debian 12 and 13 are known. Going on."; return 0; }
    wanted=$(sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$list")
    present=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' || true)
    missing=$(printf '%s\n' $wanted | grep -vxF "$present" || true)
    [ -n "$missing" ] || return 0
    missing=$(printf '%s ' $missing)
    say "installing Debian packages: $missing"
    code=0
    { as_root apt-get update -q && without_a_cluster env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends $missing; } >"$stamps/apt.log" 2>&1 || code=$?
    [ "$code" != 77 ] || fail "these Debian packages are missing and this user may not install them. Please run, once:
    sudo apt-get update && sudo apt-get install --no-install-recommends $missing
(PostgreSQL's package also makes a cluster that listens on 127.0.0.1:5432, unless
/etc/postgresql-common/createcluster.d/*.conf says create_main_cluster = false; the tests start their own.)"
    [ "$code" = 0 ] || { tail -n 20 "$stamps/apt.log" >&2; fail "apt-get did not succeed (is there a network?); the whole log is in $stamps/apt.log"; }
}

# PostgreSQL's package would make a database cluster and start it at every boot. The tests start their own; this machine
# gets the programs alone. The word is taken back afterwards: what else is installed later is not our business.
without_a_cluster() {
    as_root sh -c '
        no_cluster=/etc/postgresql-common/createcluster.d/hospital-kiosk.conf
        mkdir -p "${no_cluster%/*}" && echo "create_main_cluster = false" >"$no_cluster" || exit 1
        code=0
        "$@" || code=$?
        rm -f "$no_cluster"
        exit "$code"' sh "$@"
}

# The driver of the virtual reader is unpacked, never installed: installed, it would open a port on every address.
virtual_reader() {
    [ ! -e build/vpcd/libifdvpcd.so ] || return 0
    say "unpacking the virtual reader's driver"
    rm -rf build/vpcd
    mkdir -p build/vpcd/download
    fetch_virtual_reader >"$stamps/vpcd.log" 2>&1 \
        || { as_root apt-get update -q >>"$stamps/vpcd.log" 2>&1 && fetch_virtual_reader >>"$stamps/vpcd.log" 2>&1; } \
        || { tail -n 20 "$stamps/vpcd.log" >&2; fail "could not download the Debian package vsmartcard-vpcd.
Is there a network? If this user may not do it: sudo apt-get update, then again."; }
    dpkg-deb -x build/vpcd/download/vsmartcard-vpcd_*.deb build/vpcd/root
    cp "$(find build/vpcd/root -name 'libifdvpcd.so*' -type f | head -n 1)" build/vpcd/libifdvpcd.so.new
    mv build/vpcd/libifdvpcd.so.new build/vpcd/libifdvpcd.so
}
fetch_virtual_reader() { (cd build/vpcd/download && apt-get download -q vsmartcard-vpcd); }

# A .venv is bound to its place and to the Python that made it: a moved checkout, another Python, a new Debian need another.
venv_is() { .venv/bin/python -c 'import sys; print(sys.version_info[:2], sys.prefix)' 2>/dev/null || true; }

# What it was made from is written in it: neither can be left behind without the other.
python_packages() {
    made=.venv/made-from
    locks=$(cat requirements/build.lock requirements/dev.lock | sha256sum | cut -d' ' -f1)
    all="$locks $(sha256sum <pyproject.toml | cut -d' ' -f1) $(venv_is)"
    before=$(cat "$made" 2>/dev/null || true)
    [ "$before" != "$all" ] || [ ! -x .venv/bin/kiosk ] || return 0
    "$python" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
        || fail "Python 3.11, 3.12 or 3.13 is needed; '$python' is $("$python" --version 2>&1 || true). Set PYTHON=..."
    say "installing Python packages into .venv (a few minutes the first time)"
    rm -f "$made"
    pip=".venv/bin/python -m pip --disable-pip-version-check -q"
    wanted="$("$python" -c 'import sys; print(sys.version_info[:2])') $(pwd -P)/.venv"
    [ "${before%% *} $(venv_is)" = "$locks $wanted" ] && $pip --version >/dev/null 2>&1 || locked_packages
    $pip install --no-deps --no-build-isolation -e . >"$stamps/pip.log" 2>&1 || pip_failed
    printf '%s' "$locks $(sha256sum <pyproject.toml | cut -d' ' -f1) $(venv_is)" >"$made"
}
# Into an empty .venv: what other locks brought would stay otherwise.
locked_packages() {
    "$python" -m venv --clear .venv >"$stamps/pip.log" 2>&1 \
        || { tail -n 30 "$stamps/pip.log" >&2; fail "'$python' could not make .venv (on Debian: apt-get install python3-venv)"; }
    { $pip install --require-hashes -r requirements/build.lock \
        && PATH="$PWD/.venv/bin:$PATH" $pip install --require-hashes --no-build-isolation -r requirements/dev.lock ; \
    } >"$stamps/pip.log" 2>&1 || pip_failed
}
pip_failed() { tail -n 30 "$stamps/pip.log" >&2; fail "pip did not succeed (is there a network?); the whole log is in $stamps/pip.log"; }

# By what is in them, never by their age: what an older state of the checkout left behind may be the younger file.
catalogues() {
    [ "$(catalogues_are)" != "$(cat "$stamps/catalogues" 2>/dev/null || true)" ] || return 0
    rm -f "$stamps/catalogues"
    rm -f $(find kiosk central -name '*.mo' -o -name '*.mo.new')
    for po in kiosk/words/locale/*/LC_MESSAGES/*.po; do
        mo="${po%.po}.mo"
        .venv/bin/python -m babel.messages.frontend -q compile -i "$po" -o "$mo.new" >&2 && mv "$mo.new" "$mo" \
            || fail "could not compile $po"
    done
    catalogues_are >"$stamps/catalogues"
}
catalogues_are() { find kiosk central \( -name '*.po' -o -name '*.mo' \) -exec sha256sum {} + | LC_ALL=C sort -k 2; }

# Python takes a compiled file for its source's where the source's age and length fit, and a folder that holds nothing
# else for a package. Of another state of the checkout none are kept.
compiled_files() {
    state=$(git rev-parse HEAD 2>/dev/null || find $sources -name '*.py' -exec sha256sum {} + | LC_ALL=C sort | sha256sum)
    [ "$state" != "$(cat "$stamps/compiled" 2>/dev/null || true)" ] || return 0
    find $sources -name __pycache__ -type d -prune -exec rm -rf {} +
    find $sources -mindepth 1 -type d -empty -delete
    printf '%s\n' "$state" >"$stamps/compiled"
}

debian_packages
python_packages
virtual_reader
catalogues
compiled_files
