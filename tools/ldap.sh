#!/bin/sh
# Make sure that OpenLDAP's server is here for the tests; on Debian install it where missing.
set -e
PATH="$PATH:/usr/sbin:/usr/libexec"
if command -v slapd >/dev/null 2>&1; then exit 0; fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "目录服务测试需要 slapd。请用系统的软件包管理器安装 OpenLDAP。" >&2
  exit 1
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
echo "正在安装测试所需的软件包：slapd"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends slapd >/dev/null
