#!/usr/bin/env bash
# Chromium for the walks, Java for the HTML checker, nginx for the front door: the system's own, where we may install.
set -u
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v java >/dev/null || missing+=(default-jre-headless)
{ command -v nginx || [ -x /usr/sbin/nginx ]; } >/dev/null || missing+=(nginx)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]}"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null && exit 0
fi
echo "These system packages are missing: ${missing[*]}. Install them, for example: sudo apt-get install ${missing[*]}" >&2
[ -n "${CI:-}" ] && exit 1
exit 0
