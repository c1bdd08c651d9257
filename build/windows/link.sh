#!/usr/bin/env bash
# Takes the place of Microsoft's link.exe when NativeAOT builds for Windows on Linux: the response file that MSBuild writes is adapted
# to lld-link, MinGW's import libraries and our start-up code. What the C runtime provides comes from ucrtbase.dll, a part of Windows.
set -euo pipefail
lib=${QUIPU_WINLIB:?the folder that prepare.sh made}
response=$(mktemp)
trap 'rm -f "$response"' EXIT
# Without the byte order mark and the options that lld-link does not know.
sed '1s/^\xef\xbb\xbf//; s#/NOEXP /NOIMPLIB##; /^\/SOURCELINK/d; /^\/NATVIS/d; /^\/DEBUG/d' "${1#@}" >"$response"
# /Brepro: no time of the build in the header. /filealign: the launcher's first line needs room in the header.
lld-link "@$response" "$lib/startup.obj" "$lib/math.lib" "$lib/string.lib" "/LIBPATH:$lib" /Brepro /filealign:4096 \
  /NODEFAULTLIB:libcmt.lib /NODEFAULTLIB:oldnames.lib /NODEFAULTLIB:libvcruntime.lib /NODEFAULTLIB:libcpmt.lib
