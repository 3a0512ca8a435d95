#!/bin/sh
# Installs this version of Weir beside others, and makes it the current one; or takes all of them away.
#   ./install.sh [--root DIR]               install, upgrade, or go back to this version
#   ./install.sh --uninstall [--root DIR]   remove the program; configuration and store stay
#   ./install.sh --purge [--root DIR]       remove these as well
# Versions are in /opt/weir/VERSION, /opt/weir/current is a link to one. What runs goes on with the version it began with
# until it is restarted. With --root DIR everything is below DIR, as for an image, and no service is touched.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=
action=install
units='weir.service weir-tracker.service'

say() { printf '%s\n' "weir: $*"; }

fail() {
  printf '%s\n' "weir: $*" >&2
  exit 1
}

usage() {
  sed -n '3,5s/^# *//p' "$here/install.sh" >&2
  exit 2
}

# Whether systemd runs here and serves this root.
has_systemd() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

check_machine() {
  [ "$(uname -s)" = Linux ] || fail "it runs on Linux, this is $(uname -s)"
  case "$(uname -m)" in
    x86_64) machine=x64 ;;
    aarch64) machine=arm64 ;;
    *) machine=$(uname -m) ;;
  esac
  [ "$machine" = "$(cat "$here/ARCH")" ] || fail "this package is for $(cat "$here/ARCH"), the machine is $machine"
  [ -n "$root" ] || check_node
}

check_node() {
  node=$(command -v node) || fail 'node is missing: install Node 20.19 or later, where the PATH of services finds it'
  "$node" -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' ||
    fail "$node is $("$node" --version); install Node 20.19 or later"
}

# The user that the services run as. In an image without accounts, whoever completes it adds it.
add_user() {
  grep -q '^weir:' "$root/etc/passwd" 2>/dev/null && return
  command='useradd --system --user-group --no-create-home --home-dir /var/lib/weir --shell /usr/sbin/nologin weir'
  if [ -z "$root" ]; then
    $command
  elif [ -e "$root/etc/passwd" ] && [ -e "$root/etc/group" ]; then
    $command --prefix "$root"
  else
    say "there are no accounts in $root: add one with: $command"
  fi
}

# Appears at its place at once, or not at all.
place_version() {
  target=$root/opt/weir/$version
  [ "$here" != "$(readlink -f "$target" || true)" ] || return 0
  mkdir -p "$root/opt/weir"
  rm -rf "$target.new"
  cp -R "$here" "$target.new"
  rm -rf "$target"
  mv "$target.new" "$target"
}

# A link that is made aside and moved over the old one: there is no moment without.
link() {
  mkdir -p "$(dirname "$2")"
  ln -sf "$1" "$2.new"
  mv -T "$2.new" "$2"
}

place_configuration() {
  mkdir -p "$root/etc/weir"
  for file in "$here"/etc/*; do
    kept=$root/etc/weir/$(basename "$file")
    [ -e "$kept" ] || cp "$file" "$kept"
  done
  [ ! -e "$root/etc/weir/tracker.env" ] ||
    say '/etc/weir/tracker.env is read no more: what it says belongs into tracker.yaml'
}

install_version() {
  version=$(cat "$here/VERSION")
  check_machine
  place_version
  add_user
  place_configuration
  for unit in $units; do
    mkdir -p "$root/usr/local/lib/systemd/system"
    cp "$root/opt/weir/$version/ops/systemd/$unit" "$root/usr/local/lib/systemd/system/$unit"
  done
  link "$version" "$root/opt/weir/current"
  link /opt/weir/current/bin/weir "$root/usr/local/bin/weir"
  ! has_systemd || systemctl daemon-reload
  say "$version is installed; now set subscribers in /etc/weir/weir.yaml, then: systemctl enable --now weir"
  say 'if it runs already: systemctl restart weir'
}

uninstall() {
  for unit in $units; do
    ! has_systemd || systemctl disable --now "$unit" 2>/dev/null || true
    rm -f "$root/usr/local/lib/systemd/system/$unit"
  done
  ! has_systemd || systemctl daemon-reload
  rm -rf "$root/opt/weir"
  rm -f "$root/usr/local/bin/weir"
  say 'removed; /etc/weir and the store are as they were'
}

purge() {
  uninstall
  rm -rf "$root/etc/weir" "$root/var/lib/weir"
  say 'configuration and /var/lib/weir are gone as well'
}

while [ $# -gt 0 ]; do
  case $1 in
    --root)
      [ $# -ge 2 ] || usage
      [ -d "$2" ] || fail "--root $2: no such folder"
      root=$(CDPATH='' cd -- "$2" && pwd -P)
      [ "$root" != / ] || root=
      shift
      ;;
    --uninstall) action=uninstall ;;
    --purge) action=purge ;;
    *) usage ;;
  esac
  shift
done

[ "$(id -u)" = 0 ] || [ -n "$root" ] || fail 'run it as root, or with --root DIR'
case $action in
  install) install_version ;;
  uninstall) uninstall ;;
  purge) purge ;;
esac
