# Part of .ci/container: the programs of other processors and systems.

processors() {
  local target flags haswell="fpu avx f16c movbe abm bmi1 avx2 bmi2 fma"
  pretend() { # FLAGS COMMAND...: another /proc/cpuinfo, in a mount namespace
    echo "flags : $1" >"$work/cpuinfo"; shift
    unshare -rm sh -c 'mount --bind "$0" /proc/cpuinfo && exec "$@"' "$work/cpuinfo" "$@"
  }
  if pretend "$haswell" true 2>/dev/null; then
    for target in linux-x64-v4 linux-x64-avx linux-x64; do
      case $target in *avx) flags=$haswell ;; *v4) flags="$haswell avx512f avx512bw avx512cd avx512dq avx512vl" ;; *) flags="sse4_2 popcnt avx" ;; esac
      rm -rf "$XDG_CACHE_HOME"
      pretend "$flags" sh "$smol" --version >/dev/null 2>&1
      check "$target is chosen for its processors" "$(hash "$(cached)")" "$(hash "$programs/quipu-$target")"
    done
  else
    skip "which program is chosen: no mount namespaces here; tests/Quipu.Packaging.Tests try it with stand-ins"
  fi
  check "the avx program on a Haswell" "$(QUIPU_CONTAINER=$smol qemu-x86_64-static -cpu Haswell "$programs/quipu-linux-x64-avx" "${ask[@]}" -n 4 2>"$work/log")" "$("$smol" "${ask[@]}" -n 4)"
  check "the plain one on a Nehalem" "$(QUIPU_CONTAINER=$smol qemu-x86_64-static -cpu Nehalem "$programs/quipu-linux-x64" "${ask[@]}" -n 2 2>"$work/log")" "$("$smol" "${ask[@]}" -n 2)"
}

extracted_on() { # UNAME: the program that the launcher extracts where uname says so
  mkdir -p "$work/fake"
  printf '#!/bin/sh\necho "%s"\n' "$1" >"$work/fake/uname"; chmod +x "$work/fake/uname"
  rm -rf "$XDG_CACHE_HOME"
  PATH="$work/fake:$PATH" sh "$smol" --version >/dev/null 2>&1
  cached
}

macos() {
  if command -v bsdtar >/dev/null; then
    mkdir "$work/fake"; ln -s "$(command -v bsdtar)" "$work/fake/tar" # which is the tar of macOS
  else
    skip "the tar of macOS: no bsdtar, so this system's is tried"
  fi
  check "osx-arm64, byte for byte" "$(hash "$(extracted_on 'Darwin arm64')")" "$(hash "$programs/quipu-osx-arm64")"
  check "osx-x64, byte for byte" "$(hash "$(extracted_on 'Darwin x86_64')")" "$(hash "$programs/quipu-osx-x64")"
  assemble check-mac osx-arm64="$programs/quipu-osx-arm64" osx-x64="$programs/quipu-osx-x64" \
    >"$work/log" && ok "Mach-O and signatures: $(paste -sd ' ' "$work/log")" || bad "Mach-O and signatures"
}

# The launcher cannot start the extractor for Arm here, so its steps are done one by one, under qemu.
arm64() {
  command -v qemu-aarch64-static >/dev/null || { skip "arm64: no qemu-user-static"; return; }
  local k n z h s e program=$work/quipu-arm64
  row() { local text; text=$(grep -a -m 1 "^$1) k=" "$smol"); text=${text#*) }; eval "${text%;;}"; }
  row extract-linux-arm64
  dd if="$smol" bs=4096 skip="$k" count="$n" 2>/dev/null | gzip -dc >"$work/extract"; chmod +x "$work/extract"
  row linux-arm64
  check "the launcher names the extractor for Arm" "$e" extract-linux-arm64
  dd if="$smol" bs=4096 skip="$k" count="$n" 2>/dev/null | qemu-aarch64-static "$work/extract" "$s" "$z" >"$program"; chmod +x "$program"
  check "linux-arm64, byte for byte" "$(hash "$program")" "$(hash "$programs/quipu-linux-arm64")"
  check "an answer on arm64" "$(QUIPU_CONTAINER=$smol qemu-aarch64-static "$program" "${ask[@]}" 2>"$work/log")" "$answer"
}

windows() {
  [ -e /usr/lib/wine/wine64 ] || { skip "Windows: no wine"; return; }
  cp "$smol" "$work/smol.exe"
  check "an answer on Windows" "$(/usr/lib/wine/wine64 "$work/smol.exe" "${ask[@]}" 2>"$work/log" | tr -d '\r')" "$answer"
  /usr/lib/wine/wineserver64 -k 2>/dev/null || /usr/lib/wine/wineserver -k 2>/dev/null
  rm "$work/smol.exe"
}

native() {
  sh dist/quipu native "$smol" -o "$work/native" >/dev/null
  check "a plain program with the weights, by execve" "$(env -i "$work/native" "${ask[@]}")" "$answer"
  rm -f "$work/native"
}
