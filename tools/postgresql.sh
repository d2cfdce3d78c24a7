#!/bin/sh
# Make sure that PostgreSQL's server programs are here; on Debian install them where missing.
# The tests start servers of their own: none needs to run.
set -e
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0
command -v initdb >/dev/null 2>&1 && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "测试需要 PostgreSQL 的服务器程序。请用系统的软件包管理器安装。" >&2
  exit 1
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
echo "正在安装测试所需的软件包：postgresql"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends postgresql >/dev/null
