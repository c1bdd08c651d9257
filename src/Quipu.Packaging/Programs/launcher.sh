#quipu @VERSION@ launcher; $o is this file. Chooses the program for the machine, extracts it once, runs it. docs/container.md explains it.
#@WINDOWS@
die() { echo "$0: $1" >&2; exit 126; }
case $o in /*) ;; *) o=$PWD/$o;; esac
u=$(uname -sm) p=
case $u in
"Linux x86_64"|"Linux amd64"|"FreeBSD amd64")
  p=linux-x64 f=
  { while read -r l; do case $l in flags*) f=" $l "; break;; esac; done; } 2>/dev/null <@CPUINFO@
  has() { for w; do case $f in *" $w "*) ;; *) return 1;; esac; done; }
  # What NativeAOT asks for at its start where it is built for AVX2 (x86-64-v3) and for AVX-512 (x86-64-v4).
  if has avx avx2 fma bmi1 bmi2 abm movbe f16c; then
    p=linux-x64-avx
    if has avx512f avx512bw avx512cd avx512dq avx512vl; then p=linux-x64-v4; fi
  fi;;
"Linux aarch64"|"Linux arm64") p=linux-arm64;;
"Darwin arm64") p=osx-arm64;;
"Darwin x86_64") p=osx-x64; case $(sysctl -n hw.optional.arm64 2>/dev/null) in 1) p=osx-arm64;; esac;;
MINGW*|MSYS*|CYGWIN*) die "this is a Windows program here: give it a name that ends in .exe and start that";;
esac
# Of a program: its first block, how many, its size and checksum; e: what decodes it (nothing: gzip), s: what it skips.
row() {
  s=0 e=
  case $1 in
@TABLE@  *) return 1;;
  esac
}
row "$p" || die "there is no program for $u in it, only for: @TARGETS@"
QUIPU_CONTAINER=$o; export QUIPU_CONTAINER
q=quipu-$h
sum() {
  if command -v sha256sum >/dev/null 2>&1; then y=$(sha256sum <"$1")
  elif command -v shasum >/dev/null 2>&1; then y=$(shasum -a 256 <"$1")
  elif command -v sha256 >/dev/null 2>&1; then y=$(sha256 -q "$1")
  else y=$h; fi
  [ "${y%% *}" = "$h" ]
}
blocks() { dd if="$o" bs=4096 skip=$k count=$n 2>/dev/null; }
# Writes the program of the row to a file: 1 where it is damaged, 2 where there is no room.
take() {
  c=0
  if [ "$e" = tar ]; then
    # tar may complain about the zeros behind the stream, so what counts is what it gives.
    blocks | tar --lzma -xOf - "$p" >"$1" 2>/dev/null
    if [ "$(wc -c <"$1")" -ne $z ] && [ "$(blocks | tar --lzma -xOf - "$p" 2>/dev/null | wc -c)" -eq $z ]; then c=2; fi
  elif [ -n "$e" ]; then blocks | "$t/e" $s $z >"$1" 2>/dev/null || c=$?
  elif ! blocks | gzip -dc >"$1" 2>/dev/null; then
    if blocks | gzip -t 2>/dev/null; then c=2; else c=1; fi
  fi
  if [ $c = 0 ]; then { [ "$(wc -c <"$1")" -eq $z ] && sum "$1" && chmod 700 "$1"; } || c=1; fi
  return $c
}
# Asks the system, not [ -x ]: to root everything seems to be executable.
runs() { echo '#!/bin/sh' >"$t/y" && chmod 700 "$t/y" && "$t/y" 2>/dev/null; }
tidy() {
  find "$d" -name 't.*' -mtime +0 -exec rm -rf {} + 2>/dev/null
  find "$d" -name 'quipu-*.from' 2>/dev/null | while read -r x; do
    y=${x%.from}
    case "@HASHES@" in *"${y##*-}"*) continue;; esac
    if [ "$(cat "$x")" = "$o" ]; then rm -f "$y" "$x"; fi
  done
}
r= m=
for b in "$XDG_CACHE_HOME" "${HOME:+$HOME/.cache}" tmp; do
  case $b in
    /*) ;;
    tmp) b=${TMPDIR:-/tmp}/.quipu-$(id -u)
      mkdir -m 700 "$b" 2>/dev/null
      if [ -L "$b" ] || [ ! -O "$b" ]; then r="$r; $b belongs to somebody else"; continue; fi;;
    *) continue;;
  esac
  d=$b/quipu
  if [ -O "$d" ] && [ ! -L "$d" ] && [ -f "$d/$q" ] && [ -s "$d/$q" ] && [ -x "$d/$q" ]; then exec "$d/$q" "$@"; fi
  m=${m:-$(umask)}; umask 077
  mkdir -p "$b" 2>/dev/null
  mkdir -m 700 "$d" 2>/dev/null
  if [ ! -O "$d" ] || [ -L "$d" ]; then r="$r; $d cannot be made or belongs to somebody else"; continue; fi
  t=$(mktemp -d "$d/t.XXXXXX" 2>/dev/null) || { r="$r; $d cannot be written"; continue; }
  trap 'rm -rf "$t"' EXIT; trap 'rm -rf "$t"; exit 130' HUP INT TERM
  x=$e c=0
  if ! runs; then r="$r; $d does not allow programs"
  elif ! { [ -z "$x" ] || [ "$x" = tar ] || { row "$x"; take "$t/e"; }; } || ! { row "$p"; take "$t/x"; }; then
    row "$p"
    [ $c = 2 ] || die "the file is damaged: fetch it again"
    r="$r; $d has no room"
  elif printf '%s\n' "$o" >"$t/f" && mv -f "$t/f" "$d/$q.from" && mv -f "$t/x" "$d/$q"; then
    tidy; rm -rf "$t"; trap - EXIT HUP INT TERM; umask "$m"
    exec "$d/$q" "$@"
  else r="$r; $d cannot be written"; fi
  rm -rf "$t"; trap - EXIT HUP INT TERM
done
die "its program cannot be extracted${r}. Set XDG_CACHE_HOME to a folder of yours where programs may run."
