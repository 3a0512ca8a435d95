#!/bin/sh
# For a Linux router, not for the appliance: leads what subscribers and the Internet say to one another over UDP by way of an
# appliance on another interface, for as long as that answers. The rest takes the way that it always took, and so does all
# as soon as the appliance's machine is gone.
#   weir-router.sh up      put rules and routes in place
#   weir-router.sh watch   ... and take the routes away whenever the appliance does not answer; until stopped
#   weir-router.sh down    remove all
# Settings come from the environment, or from the file that WEIR_ROUTER names (default /etc/weir-router):
#   INSIDE="lan0 lan1"     interfaces to subscribers          SUBSCRIBERS4="100.64.0.0/10"  their prefixes
#   OUTSIDE="wan0"         interfaces to the Internet         SUBSCRIBERS6="2001:db8::/40"
#   LEG="svc0"             the interface to the appliance     APPLIANCE4=192.0.2.10  its addresses there
#   EXEMPT="53, 443"       UDP ports that are not led         APPLIANCE6=2001:db8::10
#   TRACKERS4="..."        addresses of plain-HTTP trackers   TRACKERS6="..."
# It takes a packet mark and a routing table of its own, 0x57 and 5700, and a table `inet weir_router` of the packet filter.
set -eu

file=${WEIR_ROUTER:-/etc/weir-router}
# shellcheck source=/dev/null
[ ! -e "$file" ] || . "$file"
: "${INSIDE:?name the interfaces to subscribers}" "${OUTSIDE:?name the interfaces to the Internet}"
: "${LEG:?name the interface to the appliance}"
: "${SUBSCRIBERS4=}" "${SUBSCRIBERS6=}" "${APPLIANCE4=}" "${APPLIANCE6=}" "${TRACKERS4=}" "${TRACKERS6=}"
: "${EXEMPT=53, 443, 500, 4500}"

mark=0x57
table=5700
# The appliance counts as gone after as many unanswered requests, a second each, and as back after as many answered ones.
misses_max=2
hits_min=3

# A list of names or prefixes as nftables has it.
list() { printf '%s' "$*" | sed 's/,/ /g; s/  */, /g'; }

names() {
  for name in $1; do printf '"%s" ' "$name"; done | sed 's/ $//'
}

# Rules of one family: its protocol, its subscribers, its trackers.
lead() {
  [ -n "$2" ] || return 0
  subscribers=$(list $2)
  printf 'iifname { %s } %s saddr { %s } udp dport != { %s } meta mark set %s accept\n' \
    "$(list $(names "$INSIDE"))" "$1" "$subscribers" "$EXEMPT" "$mark"
  printf 'iifname { %s } %s daddr { %s } udp sport != { %s } meta mark set %s accept\n' \
    "$(list $(names "$OUTSIDE"))" "$1" "$subscribers" "$EXEMPT" "$mark"
  [ -n "$3" ] || return 0
  # The appliance speaks to the tracker under the subscriber's address: what the tracker answers has to come to it.
  printf 'iifname { %s } %s saddr { %s } %s daddr { %s } meta l4proto tcp meta mark set %s accept\n' \
    "$(list $(names "$INSIDE"))" "$1" "$subscribers" "$1" "$(list $3)" "$mark"
  printf 'iifname { %s } %s daddr { %s } %s saddr { %s } meta l4proto tcp meta mark set %s accept\n' \
    "$(list $(names "$OUTSIDE"))" "$1" "$subscribers" "$1" "$(list $3)" "$mark"
}

rules() {
  printf 'table inet weir_router\ndelete table inet weir_router\ntable inet weir_router {\n chain lead {\n'
  printf '  type filter hook prerouting priority mangle; policy accept;\n'
  # What comes back from the appliance has been there.
  printf '  iifname "%s" accept\n' "$LEG"
  lead ip "$SUBSCRIBERS4" "$TRACKERS4"
  lead ip6 "$SUBSCRIBERS6" "$TRACKERS6"
  printf ' }\n}\n'
}

# Without a route in its table a marked packet is routed as if it had no mark.
route() { [ -z "$2" ] || ip "$1" route replace default via "$2" dev "$LEG" table "$table"; }
unroute() { ip "$1" route flush table "$table" 2>/dev/null || true; }
unrule() { while ip "$1" rule delete fwmark "$mark" lookup "$table" 2>/dev/null; do :; done; }

up() {
  for family in -4 -6; do
    unrule "$family"
    ip "$family" rule add fwmark "$mark" lookup "$table"
  done
  route -4 "$APPLIANCE4"
  route -6 "$APPLIANCE6"
  rules | nft -f -
}

down() {
  nft delete table inet weir_router 2>/dev/null || true
  for family in -4 -6; do
    unrule "$family"
    unroute "$family"
  done
}

answers() { [ -z "$1" ] || ping -q -n -c 1 -W 1 -I "$LEG" "$1" >/dev/null 2>&1; }

watch() {
  misses=0
  hits=0
  led=1
  while :; do
    if answers "$APPLIANCE4" && answers "$APPLIANCE6"; then
      hits=$((hits + 1))
      misses=0
    else
      misses=$((misses + 1))
      hits=0
    fi
    if [ "$led" = 1 ] && [ "$misses" -ge "$misses_max" ]; then
      unroute -4
      unroute -6
      led=0
      echo 'weir-router: the appliance does not answer; all goes past it'
    elif [ "$led" = 0 ] && [ "$hits" -ge "$hits_min" ] && route -4 "$APPLIANCE4" && route -6 "$APPLIANCE6"; then
      led=1
      echo 'weir-router: the appliance answers; UDP goes by way of it'
    fi
    sleep 1
  done
}

case ${1-} in
  up) up ;;
  down) down ;;
  watch)
    command -v ping >/dev/null || { echo 'weir-router: ping is missing: install iputils-ping' >&2 && exit 1; }
    trap 'down; exit 0' INT TERM
    up
    echo 'weir-router: UDP goes by way of the appliance'
    watch
    ;;
  *)
    sed -n '5,7s/^# *//p' "$0" >&2
    exit 2
    ;;
esac
