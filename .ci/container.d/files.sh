# Part of .ci/container: what is made of containers, by quipu, by ZIP tools and by damage.

zip_tools() {
  local file
  printf -- '--cli\n--temp\n0\n' >"$work/.args"
  (cd "$work" && cp "$smol" edited.llamafile && chmod +w edited.llamafile && zip -q edited.llamafile .args) && ok "zip FILE .args" || bad "zip FILE .args"
  check "its mode comes from .args now" "$("$work/edited.llamafile" 2>&1 </dev/null | head -c 20)" "error: The prompt is"
  for file in "$smol" "$work/edited.llamafile"; do
    unzip -l "$file" >"$work/log" 2>&1 && ! grep -i warning "$work/log" && ok "unzip -l of $(basename "$file")" || bad "unzip -l"
    unzip -tq "$file" >"$work/log" 2>&1 && ok "unzip -t of $(basename "$file")" || { bad "unzip -t"; cat "$work/log"; }
    zip -qT "$file" >"$work/log" 2>&1 && ok "zip -T of $(basename "$file")" || { bad "zip -T"; cat "$work/log"; }
    aligned "weights of $(basename "$file")" "$file"
  done
  rm "$work/edited.llamafile"
}

# Containers of several models, with weights beside them, and llamafiles of others.
models() {
  local other=$work/other.llamafile tiny=tests/Fixtures/tiny/tiny2l-Q4_0.gguf kind
  sh dist/quipu pack $model $tiny -o "$work/two.llamafile" -- -n 16 >/dev/null
  aligned "two models in one file" "$work/two.llamafile"
  check "the first of two models, with stored flags" "$("$work/two.llamafile" --cli -p 'Name the capital of France.' --temp 0 --log-disable)" "$answer"
  check "the second, by -m NAME of an entry" "$("$work/two.llamafile" inspect tiny2l-Q4_0.gguf | sed 1d)" "$("$plain" inspect $tiny | sed 1d)"
  check "-m of another container" "$("$plain" -m "$smol" "${ask[@]}")" "$answer"
  mkdir -p "$work/zip/usr/share" && cp $model "$work/zip/" && date >"$work/zip/usr/share/zone" && printf -- '-m\n/zip/%s\n...\n' "$(basename $model)" >"$work/zip/.args"
  (cd "$work/zip" && zip -q0r "../others.zip" . && printf "MZqFpD='\n%9000s" "" | cat - ../others.zip >"$other")
  for kind in "of the archive" "of the file"; do
    check "-m of a llamafile of others, whose offsets are those $kind" "$("$plain" -m "$other" "${ask[@]}")" "$answer"
    zip -qA "$other"
  done
  upgraded "a llamafile of others" "$other"
  rm -rf "$work/zip" "$work/others.zip" "$other" "$work/two.llamafile"
  sh dist/quipu pack $model --external -o "$work/small.llamafile" >/dev/null
  check "an answer with the weights beside it" "$("$work/small.llamafile" "${ask[@]}")" "$answer"
  verified "$work/small.llamafile"
  flip "$work/$(basename $model)" 1000000
  check "quipu verify finds a change in them" "$(sh dist/quipu verify "$work/small.llamafile" | grep -c '^BAD file.*its checksum is another')" 1
  rm "$work/$(basename $model)"
  check "a sentence where they are missing" "$("$work/small.llamafile" "${ask[@]}" 2>&1 | grep -c 'Put the two files into one folder')" 1
  rm -f "$work/small.llamafile"
}

# Another engine with the same weights, from the plain programs of this one.
upgrade() {
  local old=$work/old.llamafile before
  # A byte behind a program does not hinder it.
  { cat "$plain"; echo; } >"$work/older"; chmod +x "$work/older"
  assemble "$work/old-engine" "$programs/quipu-win-x64.exe" extract-linux-x64="$programs/quipu-extract-linux-x64" \
    "$here=$work/older" >"$work/log" 2>&1 || { bad "an older engine"; cat "$work/log"; return; }
  sh "$work/old-engine" pack $model --add models/SMOLLM2_LICENSE.txt -o "$old" -- --temp 0 >/dev/null
  rm -rf "$XDG_CACHE_HOME"
  check "an answer before quipu upgrade" "$("$old" "${ask[@]}")" "$answer"
  before=$(cached)
  sh dist/quipu args "$old" >"$work/args"
  XDG_CACHE_HOME=$work/tools upgraded "quipu upgrade" "$old" "$old"
  check "the arguments are kept" "$(sh dist/quipu args "$old")" "$(cat "$work/args")"
  check "the licence is kept" "$(unzip -p "$old" SMOLLM2_LICENSE.txt | sha256sum)" "$(sha256sum <models/SMOLLM2_LICENSE.txt)"
  verified "$old"
  rm -f "$(dirname "$before")/quipu-$(hash "$plain")" # which dist/quipu brought; so the launcher extracts, and tidies up
  check "it starts" "$("$old" --version)" "$("$plain" --version)"
  verdict "and its older program is no longer in the cache" [ ! -e "$before" -a -n "$before" ]
  rm -rf "$old" "$work/old-engine" "$work/older" "$work/tools"
}

upgraded() { # WHAT OLD [NEW]: upgrades, and compares every byte of engine and weights
  local new=${3:-$work/new.llamafile} at size bytes old_weights
  read -r at size < <(weights "$2"); old_weights=$(slice "$2" "$at" "$size")
  sh dist/quipu upgrade "$2" -o "$new" >/dev/null 2>"$work/log" || { bad "$1"; cat "$work/log"; return; }
  bytes=$(engine "$new")
  check "$1: all $bytes bytes of the engine are those of dist/quipu" "$(slice "$new" 0 "$bytes")" "$(slice dist/quipu 0 "$(engine dist/quipu)")"
  read -r at size < <(weights "$new")
  check "$1: all $size bytes of the weights are the old ones" "$(slice "$new" "$at" "$size")" "$old_weights"
  aligned "$1: weights" "$new"
  check "$1: an answer" "$("$new" "${ask[@]}")" "$answer"
  rm -f "$work/new.llamafile"
}

gemma() {
  local gemma=$work/gemma-3-270m.llamafile more=(--cli -p 'four score and seven' -n 16 --temp 0 --log-disable) set=../shared/models/gemma-3-270m-Q4mix-00001-of-00002.gguf
  [ -e $set ] || { skip "a model of two files: no ../shared/models"; return; }
  sh dist/quipu pack $set --add ../shared/models/GEMMA_TERMS.txt -o "$gemma" >/dev/null
  check "Gemma's text" "$("$gemma" "${more[@]}")" "$("$plain" -m $set "${more[@]}")"
  aligned "a split set" "$gemma"
  verified "$gemma"
  rm "$gemma"
}

large() {
  local free; free=$(df -Pk "$work" | awk 'NR == 2 { print $4 }')
  [ "$free" -gt 14000000 ] || { skip "4.5 GB: only $free kB are free"; return; }
  cp $model "$work/big.gguf" && truncate -s 4500000000 "$work/big.gguf" # zeros behind the weights, which nobody reads
  interrupted
  sh dist/quipu pack "$work/big.gguf" -o "$work/big.llamafile" >/dev/null 2>"$work/log" || { bad "packing 4.5 GB"; cat "$work/log"; return; }
  rm "$work/big.gguf"
  grep -q 'Windows starts no program over 4 GB' "$work/log" && ok "the limit of Windows is said" || bad "nothing is said about Windows"
  check "an answer from 4.5 GB" "$("$work/big.llamafile" "${ask[@]}")" "$answer"
  printf -- '--cli\n-m\nbig.gguf\n...\n' >"$work/.args"
  (cd "$work" && zip -q big.llamafile .args) && ok "zip FILE .args" || bad "zip FILE .args"
  unzip -l "$work/big.llamafile" >"$work/log" 2>&1 && ok "unzip -l" || bad "unzip -l"
  unzip -tq "$work/big.llamafile" >"$work/log" 2>&1 && ok "unzip -t" || { bad "unzip -t"; cat "$work/log"; }
  aligned "weights behind zip" "$work/big.llamafile"
  check "an answer after zip" "$("$work/big.llamafile" "${ask[@]}")" "$answer"
  verified "$work/big.llamafile"
  rm "$work/big.llamafile"
}

# A pack is interrupted: by Ctrl-C in a terminal, where it shows how far it is, and by SIGTERM.
interrupted() {
  local screen= socket=quipu-pack-$$ program
  if command -v tmux >/dev/null; then
    tmux -L $socket -f /dev/null new-session -d -x 100 -y 10 "sh dist/quipu pack $work/big.gguf -o $work/big.llamafile"
    for _ in $(seq 300); do screen=$(tmux -L $socket capture-pane -p 2>/dev/null | grep -aE '\[#+\.+\] [0-9]+ %') && break; sleep 0.02; done
    verdict "packing shows how far it is: $screen" [ -n "$screen" ]
    tmux -L $socket send-keys C-c
    for _ in $(seq 200); do tmux -L $socket list-sessions >/dev/null 2>&1 || break; sleep 0.1; done
    check "Ctrl-C while it packs leaves nothing" "$(find "$work" -name '*big.llamafile*')" ""
    tmux -L $socket kill-server 2>/dev/null
  else
    skip "a progress bar, and Ctrl-C: no tmux"
  fi
  sh dist/quipu pack "$work/big.gguf" -o "$work/big.llamafile" >/dev/null 2>&1 & program=$!
  for _ in $(seq 300); do [ -z "$(find "$work" -name '.big.llamafile.*')" ] || break; sleep 0.02; done
  kill -TERM $program; wait $program
  check "SIGTERM while it packs: code $? and nothing left" "$(find "$work" -name '*big.llamafile*')" ""
}

reproducible() { # [TARGET...]
  local target name
  [ $# -gt 0 ] || set -- linux-x64-avx extract-linux-x64
  sh dist/quipu pack $model --add models/SMOLLM2_LICENSE.txt -o "$work/again" >/dev/null
  verdict "packing again gives the same $(stat -c %s "$work/again") bytes" cmp -s "$smol" "$work/again"
  rm "$work/again"
  [ -z "$(git status --porcelain src build Directory.*.props)" ] || { skip "the same sources in another folder: there are uncommitted changes"; return; }
  git clone -q --shared . "$work/another/folder"
  for target in "$@"; do
    name=quipu-$target; [ "$target" != win-x64 ] || name+=.exe
    (cd "$work/another/folder" && build/release.sh "$target") >"$work/log" 2>&1 || { bad "building $target in another folder"; tail "$work/log"; continue; }
    check "$target, built in another folder, has the same $(stat -c %s "$programs/$name") bytes" "$(hash "$work/another/folder/dist/programs/$name")" "$(hash "$programs/$name")"
  done
  rm -rf "$work/another"
}

flip() { # FILE OFFSET: another byte there
  local byte; byte=$(dd if="$1" bs=1 skip="$2" count=1 2>/dev/null | od -An -tu1)
  printf "\\$(printf %o $((byte ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

damage() {
  local at size length streams broken=$work/broken
  read -r at size < <(weights "$smol"); length=$(stat -c %s "$smol")
  streams=$(sh dist/quipu ls "$smol" | sed -nE "s/.* $here, .* at ([0-9]+)$/\1/p")
  broken() { # WHAT CODE COMMAND...: a damaged copy must end with the code and a sentence, and verify must see it
    local what=$1 code=$2 said ended; shift 2
    cp --reflink=auto "$smol" "$broken" && chmod u+w "$broken" && "$@" "$broken" || { bad "$what: not damaged"; return; }
    rm -rf "$XDG_CACHE_HOME"
    sh "$broken" "${ask[@]}" >"$work/out" 2>"$work/err"; ended=$?
    said=$(head -c 300 "$work/err" | paste -sd ' ')
    if [ $ended = "$code" ] && [ ! -s "$work/out" ] && [ -n "$said" ] && ! grep -q '^   at ' "$work/err"; then ok "$what: code $ended, ${said//$work\//}"; else bad "$what: code $ended, $said"; fi
    seen "$what"
  }
  seen() { if sh dist/quipu verify "$broken" >"$work/log" 2>&1; then bad "$1: quipu verify finds nothing"; else ok "$1: quipu verify says $(grep -aE '^(BAD|error)' "$work/log" | head -n 1 | cut -c1-120)"; fi; }
  flip_at() { flip "$2" "$1"; }
  cut_to() { truncate -s "$1" "$2"; }
  broken "a flipped byte in the shell's line" 126 flip_at 120
  broken "a flipped byte in the launcher" 126 flip_at $(($(engine "$smol") - 6000))
  broken "a flipped byte in the program" 126 flip_at $((streams + 1000000))
  broken "a flipped byte in the header of the weights" 2 flip_at $((at + 1))
  broken "a flipped byte in the directory" 2 flip_at $((length - 12))
  broken "cut off within the weights" 2 cut_to $((at + size / 2))
  broken "cut off within the programs" 126 cut_to $((streams + 1000000))
  broken "cut off within the directory" 2 cut_to $((length - 10))
  cp "$smol" "$broken" && chmod u+w "$broken" && flip "$broken" 5000000 && seen "a flipped byte in the Windows program"
  rm -f "$broken"
  if QUIPU_TEST_MUTATIONS=500 dotnet test --project tests/Quipu.Packaging.Tests --no-ansi --progress off -- --filter-class Quipu.Packaging.Tests.DamageTests >"$work/log" 2>&1; then
    ok "500 mutations read and 500 started: each ends with a sentence or runs the right program"
  else
    bad "damaged files"; tail -n 40 "$work/log"
  fi
}
