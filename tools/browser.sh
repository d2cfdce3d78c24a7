#!/bin/sh
# Make sure that a chromium, a Chinese font and npm are here; on Debian install what is missing.
set -e
missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
{ command -v fc-list >/dev/null 2>&1 && fc-list ':lang=zh-cn' | grep -q .; } ||
  missing="$missing fontconfig fonts-noto-cjk"
command -v npm >/dev/null 2>&1 || missing="$missing nodejs npm"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "浏览器测试需要：$missing。请用系统的软件包管理器安装。" >&2
  exit 1
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
echo "正在安装浏览器测试所需的软件包：$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
