# SPDX-License-Identifier: BSD-3-Clause
uname -a; cat /proc/uptime; free
ndctl list -vv
lsmod
cat /proc/uptime
